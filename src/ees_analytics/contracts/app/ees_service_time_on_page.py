"""``analytics_app.ees_service_time_on_page``: the time spent on one page type on one day."""

from ees_analytics.contracts.app_columns import DAY, page_type
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_service_time_on_page",
    description="One row is the time spent on one page type on one day.",
    columns=[
        DAY,
        page_type("page_type_by_path"),
        Column("pageviews", DOUBLE, "Page views, GA4", minimum=0),
        Column("sessions", DOUBLE, "Sessions, GA4", minimum=0),
        Column("engagementDuration", DOUBLE, "Seconds of engagement, all users together", minimum=0),
        Column(
            "total_session_starts",
            DOUBLE,
            "Sessions that began on this page type; null where none did",
            nullable=True,
            minimum=0,
        ),
    ],
    key=["date", "page_type"],
)
