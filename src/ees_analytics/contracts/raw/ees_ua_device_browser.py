"""``analytics_raw.ees_ua_device_browser``: Universal Analytics, frozen; the traffic of one page from one device category and browser on one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ua_device_browser",
    description="Universal Analytics, frozen: one row is the traffic of one page from one device category and browser on one day.",
    columns=[
        Column("date", DATE, "Day", nullable=True),
        Column("pagePath", STRING, "Path of the page", nullable=True),
        Column("deviceCategory", STRING, "desktop, mobile, tablet", nullable=True),
        Column("browser", STRING, "Browser name", nullable=True),
        Column("pageviews", DOUBLE, "Page views", nullable=True),
        Column("sessions", DOUBLE, "Sessions", nullable=True),
        Column("avgTimeOnPage", DOUBLE, "Mean seconds on the page", nullable=True),
        Column("bounceRate", DOUBLE, "Share of sessions that saw one page only", nullable=True),
    ],
    frozen=True,
)
