"""``analytics_app.ees_publication_source_medium``: the traffic of one publication's release pages from one source and medium on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_source_medium",
    description="One row is the traffic of one publication's release pages from one source and medium on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column(
            "publication",
            ColumnType.STRING,
            "Title-cased title; null where the path's slug is not known",
            nullable=True,
        ),
        Column("source", ColumnType.STRING, "Where the sessions came from", nullable=True),
        Column("medium", ColumnType.STRING, "How they came", nullable=True),
        Column("pageviews", ColumnType.DOUBLE, "Page views, UA and GA4 added"),
        Column("sessions", ColumnType.DOUBLE, "Sessions, UA and GA4 added"),
    ],
    key=["date", "publication", "source", "medium"],
    checks=[NotNegative(["pageviews", "sessions"])],
)
