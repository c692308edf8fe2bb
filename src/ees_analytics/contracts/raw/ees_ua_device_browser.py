"""Universal Analytics, frozen: one row is the traffic of one page from one device category and browser on one day."""

from ees_analytics.contracts import ua_columns as ua
from ees_analytics.contracts.contract import STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        ua.DAY,
        ua.PAGE_PATH,
        Column("deviceCategory", STRING, "desktop, mobile, tablet", nullable=True),
        Column("browser", STRING, "Browser name", nullable=True),
        *ua.TRAFFIC,
    ],
    frozen=True,
)
