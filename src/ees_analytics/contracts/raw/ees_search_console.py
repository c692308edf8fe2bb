"""``analytics_raw.ees_search_console``: the site in Google's search results, by day, page and query."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_search_console",
    description="Search Console: one row is one page in Google's results for one query on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day in Pacific time"),
        Column("pagePath", ColumnType.STRING, "Full address of the page, as Search Console gives it"),
        Column(
            "query", ColumnType.STRING, "What was searched for; queries that few people make are withheld"
        ),
        Column("clicks", ColumnType.DOUBLE, "Clicks on the page among the results"),
        Column("impressions", ColumnType.DOUBLE, "Times the page was shown among the results"),
        Column("position", ColumnType.DOUBLE, "Average position among the results, 1 is the top"),
    ],
    key=["date", "pagePath", "query"],
    slice_column="date",
    checks=[NotNegative(["clicks", "impressions", "position"])],
)
