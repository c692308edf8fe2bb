"""``analytics_app.ees_publication_device_browser``: the traffic of one publication's release pages from one device category and browser on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_device_browser",
    description="One row is the traffic of one publication's release pages from one device category and browser on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column(
            "publication",
            ColumnType.STRING,
            "Title-cased title; null where the path's slug is not known",
            nullable=True,
        ),
        Column("device", ColumnType.STRING, "Device category", nullable=True),
        Column("browser", ColumnType.STRING, "Browser name", nullable=True),
        Column("pageviews", ColumnType.DOUBLE, "Page views, UA and GA4 added"),
        Column("sessions", ColumnType.DOUBLE, "Sessions, UA and GA4 added"),
    ],
    key=["date", "publication", "device", "browser"],
    checks=[NotNegative(["pageviews", "sessions"])],
)
