"""``analytics_app.ees_session_starts``: the sessions that began on one page on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_session_starts",
    description="One row is the sessions that began on one page on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column("pagePath", ColumnType.STRING, "Path of the page", nullable=True),
        Column(
            "page_type",
            ColumnType.STRING,
            "Type of page (rules: page_type_by_path); Unclassified where no rule knows it",
        ),
        Column(
            "publication",
            ColumnType.STRING,
            "Title-cased title; null where the path's slug is not known",
            nullable=True,
        ),
        Column("eventCount", ColumnType.DOUBLE, "Sessions that began there, GA4"),
    ],
    key=["date", "pagePath", "page_type", "publication"],
    checks=[NotNegative(["eventCount"])],
)
