"""``analytics_app.ees_publication_device_browser``: the traffic of one publication's release pages from one device category and browser on one day."""

from ees_analytics.contracts.app_columns import DAY, PUBLICATION_OR_NULL
from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_device_browser",
    description="One row is the traffic of one publication's release pages from one device category and browser on one day.",
    columns=[
        DAY,
        PUBLICATION_OR_NULL,
        Column("device", STRING, "Device category", nullable=True),
        Column("browser", STRING, "Browser name", nullable=True),
        Column("pageviews", DOUBLE, "Page views, UA and GA4 added", minimum=0),
        Column("sessions", DOUBLE, "Sessions, UA and GA4 added", minimum=0),
    ],
    key=["date", "publication", "device", "browser"],
)
