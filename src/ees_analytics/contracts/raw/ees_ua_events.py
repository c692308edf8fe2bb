"""``analytics_raw.ees_ua_events``: Universal Analytics, frozen; the count of one event on one page with one label and category on one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ua_events",
    description="Universal Analytics, frozen: one row is the count of one event on one page with one label and category on one day.",
    columns=[
        Column("date", DATE, "Day", nullable=True),
        Column("pagePath", STRING, "Path of the page", nullable=True),
        Column("eventAction", STRING, "Event action; GA4 calls it eventName", nullable=True),
        Column("eventLabel", STRING, "Event label", nullable=True),
        Column("eventCategory", STRING, "Event category", nullable=True),
        Column("totalEvents", DOUBLE, "How often the event happened", nullable=True),
    ],
    frozen=True,
)
