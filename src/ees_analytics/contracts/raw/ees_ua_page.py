"""``analytics_raw.ees_ua_page``: Universal Analytics, frozen; the traffic of one page on one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ua_page",
    description="Universal Analytics, frozen: one row is the traffic of one page on one day.",
    columns=[
        Column("date", DATE, "Day", nullable=True),
        Column("pagePath", STRING, "Path of the page", nullable=True),
        Column("pageviews", DOUBLE, "Page views", nullable=True),
        Column("sessions", DOUBLE, "Sessions", nullable=True),
    ],
    frozen=True,
)
