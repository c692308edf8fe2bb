"""``analytics_raw.ees_ua_device_browser``: Universal Analytics, frozen; the traffic of one page from one device category and browser on one day."""

from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ua_device_browser",
    description="Universal Analytics, frozen: one row is the traffic of one page from one device category and browser on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day", nullable=True),
        Column("pagePath", ColumnType.STRING, "Path of the page", nullable=True),
        Column("deviceCategory", ColumnType.STRING, "desktop, mobile, tablet", nullable=True),
        Column("browser", ColumnType.STRING, "Browser name", nullable=True),
        Column("pageviews", ColumnType.DOUBLE, "Page views", nullable=True),
        Column("sessions", ColumnType.DOUBLE, "Sessions", nullable=True),
        Column("avgTimeOnPage", ColumnType.DOUBLE, "Mean seconds on the page", nullable=True),
        Column("bounceRate", ColumnType.DOUBLE, "Share of sessions that saw one page only", nullable=True),
    ],
    frozen=True,
)
