"""``analytics_raw.ees_ga4_service_summary``: Google Analytics 4, the whole service on one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, INT, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_service_summary",
    description="Google Analytics 4: one row is the whole service on one day.",
    columns=[
        Column("date", DATE, "Day in the property's time zone (Europe/London)"),
        Column("users", INT, "GA4 activeUsers (an estimate)", minimum=0),
        Column("averageSessionDuration", DOUBLE, "Mean length of a session in seconds", minimum=0),
        Column(
            "engagedSessions",
            INT,
            "Sessions longer than 10 seconds, with a key event or two page views",
            minimum=0,
        ),
        Column("screenPageViews", INT, "Page views", minimum=0),
        Column("screenPageViewsPerSession", DOUBLE, "Page views per session", minimum=0),
        Column("sessions", INT, "Sessions (an estimate)", minimum=0),
        Column("userEngagementDuration", DOUBLE, "Seconds the site was in the foreground", minimum=0),
    ],
    key=["date"],
    slice_column="date",
)
