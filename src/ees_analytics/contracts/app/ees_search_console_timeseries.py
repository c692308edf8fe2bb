"""``analytics_app.ees_search_console_timeseries``: the service in Google's search results on one day."""

from ees_analytics.contracts.app_columns import DAY
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_search_console_timeseries",
    description="One row is the whole service in Google's search results on one day.",
    columns=[
        DAY,
        Column("clicks", DOUBLE, "Clicks on results", minimum=0),
        Column("impressions", DOUBLE, "Times a result was shown", minimum=0),
    ],
    key=["date"],
)
