"""``analytics_app.ees_service_time_on_page``: the time spent on one page type on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_service_time_on_page",
    description="One row is the time spent on one page type on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column(
            "page_type",
            ColumnType.STRING,
            "Type of page (rules: page_type_by_path); Unclassified where no rule knows it",
        ),
        Column("pageviews", ColumnType.DOUBLE, "Page views, GA4"),
        Column("sessions", ColumnType.DOUBLE, "Sessions, GA4"),
        Column("engagementDuration", ColumnType.DOUBLE, "Seconds of engagement, all users together"),
        Column(
            "total_session_starts",
            ColumnType.DOUBLE,
            "Sessions that began on this page type; null where none did",
            nullable=True,
        ),
    ],
    key=["date", "page_type"],
    checks=[NotNegative(["pageviews", "sessions", "engagementDuration", "total_session_starts"])],
)
