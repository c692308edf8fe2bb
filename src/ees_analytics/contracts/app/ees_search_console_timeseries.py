"""One row is the whole service in Google's search results on one day."""

from ees_analytics.contracts.app_columns import DAY
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        DAY,
        Column("clicks", DOUBLE, "Clicks on results", minimum=0),
        Column("impressions", DOUBLE, "Times a result was shown", minimum=0),
    ],
    key=["date"],
)
