"""Search Console: one row is one page in Google's results for one query on one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("date", DATE, "Day in Pacific time"),
        Column("pagePath", STRING, "Full address of the page, as Search Console gives it"),
        Column("query", STRING, "What was searched for; queries that few people make are withheld"),
        Column("clicks", DOUBLE, "Clicks on the page among the results", minimum=0),
        Column("impressions", DOUBLE, "Times the page was shown among the results", minimum=0),
        Column("position", DOUBLE, "Average position among the results, 1 is the top", minimum=0),
    ],
    key=["date", "pagePath", "query"],
    slice_column="date",
)
