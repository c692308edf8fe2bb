"""``analytics_app.ees_service_device_browser``: the traffic of one page type from one device category and browser on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_service_device_browser",
    description="One row is the traffic of one page type from one device category and browser on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column("page_type", ColumnType.STRING, "Type of page, by its path (rules: page_type_by_path)"),
        Column("device", ColumnType.STRING, "Device category", nullable=True),
        Column("browser", ColumnType.STRING, "Browser name", nullable=True),
        Column("pageviews", ColumnType.DOUBLE, "Page views, UA and GA4 added"),
        Column("sessions", ColumnType.DOUBLE, "Sessions, UA and GA4 added"),
    ],
    key=["date", "page_type", "device", "browser"],
    checks=[NotNegative(["pageviews", "sessions"])],
)
