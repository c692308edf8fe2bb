"""``analytics_raw.ees_ga4_page``: Google Analytics 4, the traffic of one page on one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, INT, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_page",
    description="Google Analytics 4: one row is the traffic of one page on one day.",
    columns=[
        Column("date", DATE, "Day in the property's time zone (Europe/London)"),
        Column("pagePath", STRING, "Path of the page, without host and query"),
        Column("pageviews", DOUBLE, "GA4 screenPageViews", minimum=0),
        Column("sessions", DOUBLE, "Sessions (an estimate; parts need not sum to totals)", minimum=0),
        Column("bounceRate", DOUBLE, "Share of sessions that were not engaged, 0 to 1", minimum=0),
        Column("users", DOUBLE, "GA4 activeUsers (an estimate)", minimum=0),
        Column("userEngagementDuration", DOUBLE, "Seconds the page was in the foreground", minimum=0),
        Column("scrolledUsers", INT, "Users who scrolled at least 90% of the page", minimum=0),
    ],
    key=["date", "pagePath"],
    slice_column="date",
)
