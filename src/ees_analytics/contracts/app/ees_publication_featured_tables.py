"""``analytics_app.ees_publication_featured_tables``: how often one featured table of one publication was opened on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_featured_tables",
    description="One row is how often one featured table of one publication was opened on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column("publication", ColumnType.STRING, "Title-cased title"),
        Column(
            "eventLabel", ColumnType.STRING, "Name of the featured table, cut at the source", nullable=True
        ),
        Column("eventCount", ColumnType.DOUBLE, "How often it was opened, UA and GA4 added"),
    ],
    key=["date", "publication", "eventLabel"],
    checks=[NotNegative(["eventCount"])],
)
