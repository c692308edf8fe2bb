"""``analytics_raw.ees_ua_service_summary``: Universal Analytics, frozen; the whole service on one day."""

from ees_analytics.contracts.contract import DATE, DOUBLE, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ua_service_summary",
    description="Universal Analytics, frozen: one row is the whole service on one day.",
    columns=[
        Column("date", DATE, "Day", nullable=True),
        Column("pageviews", DOUBLE, "Page views", nullable=True),
        Column("sessions", DOUBLE, "Sessions", nullable=True),
        Column("avg_session_duration", DOUBLE, "Mean length of a session in seconds", nullable=True),
    ],
    frozen=True,
)
