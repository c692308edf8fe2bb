"""``analytics_raw.ees_ua_events``: Universal Analytics, frozen; the count of one event on one page with one label and category on one day."""

from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ua_events",
    description="Universal Analytics, frozen: one row is the count of one event on one page with one label and category on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day", nullable=True),
        Column("pagePath", ColumnType.STRING, "Path of the page", nullable=True),
        Column("eventAction", ColumnType.STRING, "Event action; GA4 calls it eventName", nullable=True),
        Column("eventLabel", ColumnType.STRING, "Event label", nullable=True),
        Column("eventCategory", ColumnType.STRING, "Event category", nullable=True),
        Column("totalEvents", ColumnType.DOUBLE, "How often the event happened", nullable=True),
    ],
    frozen=True,
)
