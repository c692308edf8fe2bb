"""``analytics_app.ees_service_downloads``: the downloads of one type with one label on one page type on one day."""

from ees_analytics.contracts.app_columns import DAY, EVENT_LABEL, page_type
from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_service_downloads",
    description="One row is the downloads of one type with one label on one page type on one day.",
    columns=[
        DAY,
        page_type("downloads.page_type"),
        Column(
            "download_type",
            STRING,
            "Kind of download (rules: downloads.download_type); Unclassified where no rule matches",
        ),
        EVENT_LABEL,
        Column("eventCount", DOUBLE, "Downloads, UA and GA4 added", minimum=0),
    ],
    key=["date", "page_type", "download_type", "eventLabel"],
)
