"""``analytics_raw.ees_ua_page``: Universal Analytics, frozen; the traffic of one page on one day."""

from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ua_page",
    description="Universal Analytics, frozen: one row is the traffic of one page on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day", nullable=True),
        Column("pagePath", ColumnType.STRING, "Path of the page", nullable=True),
        Column("pageviews", ColumnType.DOUBLE, "Page views", nullable=True),
        Column("sessions", ColumnType.DOUBLE, "Sessions", nullable=True),
    ],
    frozen=True,
)
