"""``analytics_raw.ees_ga4_events``: Google Analytics 4, the count of one event on one page with one label and category on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_events",
    description="Google Analytics 4: one row is the count of one event on one page with one label and category on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day in the property's time zone (Europe/London)"),
        Column("pagePath", ColumnType.STRING, "Path of the page, without host and query"),
        Column("eventName", ColumnType.STRING, "GA4 event name"),
        Column("eventLabel", ColumnType.STRING, "Custom event parameter event_label; cut at 100 characters"),
        Column(
            "eventCategory", ColumnType.STRING, "Custom event parameter event_category; cut at 100 characters"
        ),
        Column("eventCount", ColumnType.DOUBLE, "How often the event happened"),
    ],
    key=["date", "pagePath", "eventName", "eventLabel", "eventCategory"],
    slice_column="date",
    checks=[NotNegative(["eventCount"])],
)
