"""One row is the moment at which the dashboard's tables last changed, the only row."""

from ees_analytics.contracts.checks import ExactRows
from ees_analytics.contracts.contract import DATE, TIMESTAMP, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("last_updated", TIMESTAMP, "When, UTC; the dashboard caches on it"),
        Column("latest_data", DATE, "The newest day that the tables hold"),
    ],
    checks=[ExactRows(1)],
)
