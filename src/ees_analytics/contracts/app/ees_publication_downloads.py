"""``analytics_app.ees_publication_downloads``: the downloads of one type with one label on one page type of one publication on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_downloads",
    description="One row is the downloads of one type with one label on one page type of one publication on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column("publication", ColumnType.STRING, "Title-cased title"),
        Column(
            "page_type",
            ColumnType.STRING,
            "Type of page (rules: downloads.page_type); Unclassified where no rule knows it",
        ),
        Column(
            "download_type",
            ColumnType.STRING,
            "Kind of download (rules: downloads.download_type); Unclassified where no rule knows it",
        ),
        Column(
            "eventLabel",
            ColumnType.STRING,
            "Label of the event, cut at 100 characters at the source",
            nullable=True,
        ),
        Column("eventCount", ColumnType.DOUBLE, "Downloads, UA and GA4 added"),
    ],
    key=["date", "publication", "page_type", "download_type", "eventLabel"],
    checks=[NotNegative(["eventCount"])],
)
