"""``analytics_raw.ees_ga4_page``: Google Analytics 4, the traffic of one page on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_page",
    description="Google Analytics 4: one row is the traffic of one page on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day in the property's time zone (Europe/London)"),
        Column("pagePath", ColumnType.STRING, "Path of the page, without host and query"),
        Column("pageviews", ColumnType.DOUBLE, "GA4 screenPageViews"),
        Column("sessions", ColumnType.DOUBLE, "Sessions (an estimate; parts need not sum to totals)"),
        Column("bounceRate", ColumnType.DOUBLE, "Share of sessions that were not engaged, 0 to 1"),
        Column("users", ColumnType.DOUBLE, "GA4 activeUsers (an estimate)"),
        Column("userEngagementDuration", ColumnType.DOUBLE, "Seconds the page was in the foreground"),
        Column("scrolledUsers", ColumnType.INT, "Users who scrolled at least 90% of the page"),
    ],
    key=["date", "pagePath"],
    slice_column="date",
    checks=[
        NotNegative(
            ["pageviews", "sessions", "bounceRate", "users", "userEngagementDuration", "scrolledUsers"]
        )
    ],
)
