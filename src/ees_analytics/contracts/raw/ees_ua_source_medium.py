"""Universal Analytics, frozen: one row is the traffic of one page from one source and medium on one day."""

from ees_analytics.contracts import ua_columns as ua
from ees_analytics.contracts.contract import STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        ua.DAY,
        ua.PAGE_PATH,
        Column("source", STRING, "Where the session came from", nullable=True),
        Column("medium", STRING, "How it came", nullable=True),
        *ua.TRAFFIC,
    ],
    frozen=True,
)
