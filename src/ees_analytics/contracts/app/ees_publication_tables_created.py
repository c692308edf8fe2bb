"""``analytics_app.ees_publication_tables_created``: how often one subject of one publication was chosen for a table on one page type on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_tables_created",
    description="One row is how often one subject of one publication was chosen for a table on one page type on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column(
            "page_type",
            ColumnType.STRING,
            "Type of page (rules: tables_created.page_type); Unclassified where no rule knows it",
        ),
        Column("publication", ColumnType.STRING, "Title-cased title"),
        Column(
            "eventLabel",
            ColumnType.STRING,
            'The subject: what the label of the event has behind its last "/"',
            nullable=True,
        ),
        Column("eventCount", ColumnType.DOUBLE, "How often it was chosen, UA and GA4 added"),
    ],
    key=["date", "page_type", "publication", "eventLabel"],
    checks=[NotNegative(["eventCount"])],
)
