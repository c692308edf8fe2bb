"""``analytics_app.ees_service_accordions``: the accordion openings with one label on one page type of the service on one day."""

from ees_analytics.contracts.app_columns import DAY, EVENT_LABEL, page_type
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_service_accordions",
    description="One row is the accordion openings with one label on one page type of the service on one day.",
    columns=[
        DAY,
        page_type("accordions.page_type"),
        EVENT_LABEL,
        Column("eventCount", DOUBLE, "How often it was opened, UA and GA4 added", minimum=0),
    ],
    key=["date", "page_type", "eventLabel"],
)
