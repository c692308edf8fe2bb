"""Universal Analytics, frozen: one row is the whole service on one day."""

from ees_analytics.contracts import ua_columns as ua
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        ua.DAY,
        ua.PAGEVIEWS,
        ua.SESSIONS,
        Column("avg_session_duration", DOUBLE, "Mean length of a session in seconds", nullable=True),
    ],
    frozen=True,
)
