"""``analytics_raw.ees_ua_service_summary``: Universal Analytics, frozen; the whole service on one day."""

from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ua_service_summary",
    description="Universal Analytics, frozen: one row is the whole service on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day", nullable=True),
        Column("pageviews", ColumnType.DOUBLE, "Page views", nullable=True),
        Column("sessions", ColumnType.DOUBLE, "Sessions", nullable=True),
        Column(
            "avg_session_duration", ColumnType.DOUBLE, "Mean length of a session in seconds", nullable=True
        ),
    ],
    frozen=True,
)
