"""``analytics_app.ees_service_summary``: one day of the whole service."""

from ees_analytics.contracts.app_columns import DAY
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_service_summary",
    description="One row is one day of the whole service.",
    columns=[
        DAY,
        Column("pageviews", DOUBLE, "Page views, UA and GA4 added", minimum=0),
        Column("sessions", DOUBLE, "Sessions, UA and GA4 added", minimum=0),
        Column(
            "averageSessionDuration",
            DOUBLE,
            "Mean length of a session in seconds, weighted by sessions, 1 decimal; null on a day without sessions",
            nullable=True,
            minimum=0,
        ),
        Column(
            "pageviews_avg7",
            DOUBLE,
            "Mean pageviews of the day and the six rows before it, 1 decimal; null for the first six",
            nullable=True,
            minimum=0,
        ),
        Column(
            "sessions_avg7",
            DOUBLE,
            "Mean sessions of the day and the six rows before it, 1 decimal; null for the first six",
            nullable=True,
            minimum=0,
        ),
        Column(
            "pagesPerSession",
            DOUBLE,
            "pageviews / sessions, 1 decimal; null on a day without sessions",
            nullable=True,
            minimum=0,
        ),
    ],
    key=["date"],
)
