"""``analytics_app.ees_search_console_timeseries``: the service in Google's search results on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_search_console_timeseries",
    description="One row is the whole service in Google's search results on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column("clicks", ColumnType.DOUBLE, "Clicks on results"),
        Column("impressions", ColumnType.DOUBLE, "Times a result was shown"),
    ],
    key=["date"],
    checks=[NotNegative(["clicks", "impressions"])],
)
