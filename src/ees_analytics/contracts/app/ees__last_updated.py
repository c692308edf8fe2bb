"""``analytics_app.ees__last_updated``: the moment at which the dashboard's tables last changed, the only row."""

from ees_analytics.contracts.checks import ExactRows
from ees_analytics.contracts.contract import DATE, TIMESTAMP, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees__last_updated",
    description="One row is the moment at which the dashboard's tables last changed, the only row.",
    columns=[
        Column("last_updated", TIMESTAMP, "When, UTC; the dashboard caches on it"),
        Column("latest_data", DATE, "The newest day that the tables hold"),
    ],
    checks=[ExactRows(1)],
)
