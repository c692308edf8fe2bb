"""``analytics_app.ees_service_summary``: one day of the whole service."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_service_summary",
    description="One row is one day of the whole service.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column("pageviews", ColumnType.DOUBLE, "Page views, UA and GA4 added"),
        Column("sessions", ColumnType.DOUBLE, "Sessions, UA and GA4 added"),
        Column(
            "averageSessionDuration",
            ColumnType.DOUBLE,
            "Mean length of a session in seconds, weighted by sessions, 1 decimal; null on a day without sessions",
            nullable=True,
        ),
        Column(
            "pageviews_avg7",
            ColumnType.DOUBLE,
            "Mean pageviews of the day and the six rows before it, 1 decimal; null for the first six",
            nullable=True,
        ),
        Column(
            "sessions_avg7",
            ColumnType.DOUBLE,
            "Mean sessions of the day and the six rows before it, 1 decimal; null for the first six",
            nullable=True,
        ),
        Column(
            "pagesPerSession",
            ColumnType.DOUBLE,
            "pageviews / sessions, 1 decimal; null on a day without sessions",
            nullable=True,
        ),
    ],
    key=["date"],
    checks=[
        NotNegative(
            [
                "pageviews",
                "sessions",
                "averageSessionDuration",
                "pageviews_avg7",
                "sessions_avg7",
                "pagesPerSession",
            ]
        )
    ],
)
