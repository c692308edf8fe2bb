"""``analytics_raw.ees_ga4_source_medium``: Google Analytics 4, the traffic of one page from one session source and medium on one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_source_medium",
    description="Google Analytics 4: one row is the traffic of one page from one session source and medium on one day.",
    columns=[
        Column("date", DATE, "Day in the property's time zone (Europe/London)"),
        Column("pagePath", STRING, "Path of the page, without host and query"),
        Column("sessionSource", STRING, "Where the session came from"),
        Column("sessionMedium", STRING, "How it came: organic, referral, (none), …"),
        Column("users", DOUBLE, "GA4 totalUsers (an estimate)", minimum=0),
        Column("newUsers", DOUBLE, "First-time users (an estimate)", minimum=0),
        Column("pageviews", DOUBLE, "GA4 screenPageViews", minimum=0),
        Column("sessions", DOUBLE, "Sessions (an estimate)", minimum=0),
        Column("userEngagementDuration", DOUBLE, "Seconds the page was in the foreground", minimum=0),
        Column(
            "avgTimeOnPage",
            DOUBLE,
            "userEngagementDuration / pageviews in seconds; null where pageviews is 0",
            nullable=True,
            minimum=0,
        ),
        Column("bounceRate", DOUBLE, "Share of sessions that were not engaged, 0 to 1", minimum=0),
    ],
    key=["date", "pagePath", "sessionSource", "sessionMedium"],
    slice_column="date",
)
