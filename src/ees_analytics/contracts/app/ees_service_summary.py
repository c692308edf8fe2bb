"""One row is one day of the whole service."""

from ees_analytics.contracts.app_columns import DAY, TRAFFIC
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

_MEANS = {
    "averageSessionDuration": "Mean length of a session in seconds, weighted by sessions, 1 decimal; null on a day without sessions",
    "pageviews_avg7": "Mean pageviews of the day and the six rows before it, 1 decimal; null for the first six",
    "sessions_avg7": "Mean sessions of the day and the six rows before it, 1 decimal; null for the first six",
    "pagesPerSession": "pageviews / sessions, 1 decimal; null on a day without sessions",
}

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        DAY,
        *TRAFFIC,
        *(Column(name, DOUBLE, text, nullable=True, minimum=0) for name, text in _MEANS.items()),
    ],
    key=["date"],
)
