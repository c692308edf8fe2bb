"""``analytics_app.ees_publication_accordions``: the accordion openings with one label on one page type of one publication on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_accordions",
    description="One row is the accordion openings with one label on one page type of one publication on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column("page_type", ColumnType.STRING, "Type of page (rules: accordions.page_type)"),
        Column(
            "publication",
            ColumnType.STRING,
            "Title-cased title; null where the path's slug is not known",
            nullable=True,
        ),
        Column(
            "eventLabel",
            ColumnType.STRING,
            "Label of the event, cut at 100 characters at the source",
            nullable=True,
        ),
        Column("eventCount", ColumnType.DOUBLE, "How often it was opened, UA and GA4 added"),
    ],
    key=["date", "page_type", "publication", "eventLabel"],
    checks=[NotNegative(["eventCount"])],
)
