"""``analytics_raw.ees_ga4_device_browser``: Google Analytics 4, the traffic of one page from one device category and browser on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_device_browser",
    description="Google Analytics 4: one row is the traffic of one page from one device category and browser on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day in the property's time zone (Europe/London)"),
        Column("pagePath", ColumnType.STRING, "Path of the page, without host and query"),
        Column("deviceCategory", ColumnType.STRING, "desktop, mobile, tablet, smart tv"),
        Column("browser", ColumnType.STRING, "Browser name"),
        Column("users", ColumnType.DOUBLE, "GA4 totalUsers (an estimate)"),
        Column("newUsers", ColumnType.DOUBLE, "First-time users (an estimate)"),
        Column("pageviews", ColumnType.DOUBLE, "GA4 screenPageViews"),
        Column("sessions", ColumnType.DOUBLE, "Sessions (an estimate)"),
        Column("userEngagementDuration", ColumnType.DOUBLE, "Seconds the page was in the foreground"),
        Column(
            "avgTimeOnPage",
            ColumnType.DOUBLE,
            "userEngagementDuration / pageviews in seconds; null where pageviews is 0",
            nullable=True,
        ),
        Column("bounceRate", ColumnType.DOUBLE, "Share of sessions that were not engaged, 0 to 1"),
    ],
    key=["date", "pagePath", "deviceCategory", "browser"],
    slice_column="date",
    checks=[
        NotNegative(
            [
                "users",
                "newUsers",
                "pageviews",
                "sessions",
                "userEngagementDuration",
                "avgTimeOnPage",
                "bounceRate",
            ]
        )
    ],
)
