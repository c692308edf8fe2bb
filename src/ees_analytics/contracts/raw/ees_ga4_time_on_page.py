"""``analytics_raw.ees_ga4_time_on_page``: Google Analytics 4, the engagement with one page on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ga4_time_on_page",
    description="Google Analytics 4: one row is the engagement with one page on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day in the property's time zone (Europe/London)"),
        Column("pagePath", ColumnType.STRING, "Path of the page, without host and query"),
        Column("pageviews", ColumnType.DOUBLE, "GA4 screenPageViews"),
        Column("sessions", ColumnType.DOUBLE, "Sessions (an estimate)"),
        Column("userEngagementDuration", ColumnType.DOUBLE, "Seconds the page was in the foreground"),
    ],
    key=["date", "pagePath"],
    slice_column="date",
    checks=[NotNegative(["pageviews", "sessions", "userEngagementDuration"])],
)
