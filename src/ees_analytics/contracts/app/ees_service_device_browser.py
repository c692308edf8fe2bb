"""``analytics_app.ees_service_device_browser``: the traffic of one page type from one device category and browser on one day."""

from ees_analytics.contracts.app_columns import DAY, page_type
from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_service_device_browser",
    description="One row is the traffic of one page type from one device category and browser on one day.",
    columns=[
        DAY,
        page_type("page_type_by_path"),
        Column("device", STRING, "Device category", nullable=True),
        Column("browser", STRING, "Browser name", nullable=True),
        Column("pageviews", DOUBLE, "Page views, UA and GA4 added", minimum=0),
        Column("sessions", DOUBLE, "Sessions, UA and GA4 added", minimum=0),
    ],
    key=["date", "page_type", "device", "browser"],
)
