"""Search Console before 2023-10-08, frozen: one row is the whole site in Google's search results on one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("date", DATE, "Day", nullable=True),
        Column("clicks", DOUBLE, "Clicks on results", nullable=True),
        Column("impressions", DOUBLE, "Times a result was shown", nullable=True),
    ],
    frozen=True,
    more_columns=True,
)
