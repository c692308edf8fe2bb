"""``analytics_raw.ees_ga4_events``: Google Analytics 4, the count of one event on one page with one label and category on one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_events",
    description="Google Analytics 4: one row is the count of one event on one page with one label and category on one day.",
    columns=[
        Column("date", DATE, "Day in the property's time zone (Europe/London)"),
        Column("pagePath", STRING, "Path of the page, without host and query"),
        Column("eventName", STRING, "GA4 event name"),
        Column("eventLabel", STRING, "Custom event parameter event_label; cut at 100 characters"),
        Column("eventCategory", STRING, "Custom event parameter event_category; cut at 100 characters"),
        Column("eventCount", DOUBLE, "How often the event happened", minimum=0),
    ],
    key=["date", "pagePath", "eventName", "eventLabel", "eventCategory"],
    slice_column="date",
)
