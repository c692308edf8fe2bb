"""``analytics_raw.ees_ga4_time_on_page``: Google Analytics 4, the engagement with one page on one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_time_on_page",
    description="Google Analytics 4: one row is the engagement with one page on one day.",
    columns=[
        Column("date", DATE, "Day in the property's time zone (Europe/London)"),
        Column("pagePath", STRING, "Path of the page, without host and query"),
        Column("pageviews", DOUBLE, "GA4 screenPageViews", minimum=0),
        Column("sessions", DOUBLE, "Sessions (an estimate)", minimum=0),
        Column("userEngagementDuration", DOUBLE, "Seconds the page was in the foreground", minimum=0),
    ],
    key=["date", "pagePath"],
    slice_column="date",
)
