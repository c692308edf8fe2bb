"""``analytics_app.ees_unclassified``: one value that no rule of a rule list knows."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_unclassified",
    description="One row is one value that no rule of a rule list knows.",
    columns=[
        Column("table", ColumnType.STRING, "The table that shows or counts such rows"),
        Column("field", ColumnType.STRING, "The rule list's input"),
        Column("value", ColumnType.STRING, "The value that no rule matches", nullable=True),
        Column("first_date", ColumnType.DATE, "First day on which it occurs"),
        Column("last_date", ColumnType.DATE, "Last day on which it occurs"),
        Column("rows", ColumnType.BIGINT, "Rows of the raw tables that hold it"),
        Column("count", ColumnType.DOUBLE, "What those rows count: events, or page views"),
    ],
    key=["table", "field", "value"],
    checks=[NotNegative(["count"])],
    operational=True,
)
