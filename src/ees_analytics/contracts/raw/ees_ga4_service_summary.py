"""``analytics_raw.ees_ga4_service_summary``: Google Analytics 4, the whole service on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_service_summary",
    description="Google Analytics 4: one row is the whole service on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day in the property's time zone (Europe/London)"),
        Column("users", ColumnType.INT, "GA4 activeUsers (an estimate)"),
        Column("averageSessionDuration", ColumnType.DOUBLE, "Mean length of a session in seconds"),
        Column(
            "engagedSessions",
            ColumnType.INT,
            "Sessions longer than 10 seconds, with a key event or two page views",
        ),
        Column("screenPageViews", ColumnType.INT, "Page views"),
        Column("screenPageViewsPerSession", ColumnType.DOUBLE, "Page views per session"),
        Column("sessions", ColumnType.INT, "Sessions (an estimate)"),
        Column("userEngagementDuration", ColumnType.DOUBLE, "Seconds the site was in the foreground"),
    ],
    key=["date"],
    slice_column="date",
    checks=[
        NotNegative(
            [
                "users",
                "averageSessionDuration",
                "engagedSessions",
                "screenPageViews",
                "screenPageViewsPerSession",
                "sessions",
                "userEngagementDuration",
            ]
        )
    ],
)
