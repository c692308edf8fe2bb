"""One row is one value that no rule matches."""

from ees_analytics.contracts.contract import BIGINT, DATE, DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("table", STRING, "The table that shows or counts such rows"),
        Column("field", STRING, "The rule list's input"),
        Column("value", STRING, "The value that no rule matches", nullable=True),
        Column("first_date", DATE, "First day on which it occurs"),
        Column("last_date", DATE, "Last day on which it occurs"),
        Column("rows", BIGINT, "Rows of the raw tables that hold it"),
        Column("count", DOUBLE, "What those rows count: events, or page views", minimum=0),
    ],
    key=["table", "field", "value"],
    operational=True,
)
