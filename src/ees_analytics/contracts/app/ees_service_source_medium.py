"""``analytics_app.ees_service_source_medium``: the traffic of one page type from one source and medium on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_service_source_medium",
    description="One row is the traffic of one page type from one source and medium on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column(
            "page_type",
            ColumnType.STRING,
            "Type of page (rules: page_type_by_path); Unclassified where no rule knows it",
        ),
        Column("source", ColumnType.STRING, "Where the sessions came from", nullable=True),
        Column("medium", ColumnType.STRING, "How they came", nullable=True),
        Column("pageviews", ColumnType.DOUBLE, "Page views, UA and GA4 added"),
        Column("sessions", ColumnType.DOUBLE, "Sessions, UA and GA4 added"),
    ],
    key=["date", "page_type", "source", "medium"],
    checks=[NotNegative(["pageviews", "sessions"])],
)
