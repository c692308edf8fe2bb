"""``analytics_app.ees_service_source_medium``: the traffic of one page type from one source and medium on one day."""

from ees_analytics.contracts.app_columns import DAY, page_type
from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_service_source_medium",
    description="One row is the traffic of one page type from one source and medium on one day.",
    columns=[
        DAY,
        page_type("page_type_by_path"),
        Column("source", STRING, "Where the sessions came from", nullable=True),
        Column("medium", STRING, "How they came", nullable=True),
        Column("pageviews", DOUBLE, "Page views, UA and GA4 added", minimum=0),
        Column("sessions", DOUBLE, "Sessions, UA and GA4 added", minimum=0),
    ],
    key=["date", "page_type", "source", "medium"],
)
