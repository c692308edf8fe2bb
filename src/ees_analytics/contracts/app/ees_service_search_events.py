"""``analytics_app.ees_service_search_events``: the searches with one label on one page type of the service on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_service_search_events",
    description="One row is the searches with one label on one page type of the service on one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day"),
        Column(
            "page_type",
            ColumnType.STRING,
            "Type of page (rules: search_events.page_type); Unclassified where no rule knows it",
        ),
        Column(
            "eventLabel",
            ColumnType.STRING,
            "Label of the event, cut at 100 characters at the source",
            nullable=True,
        ),
        Column("eventCount", ColumnType.DOUBLE, "Searches, UA and GA4 added"),
    ],
    key=["date", "page_type", "eventLabel"],
    checks=[NotNegative(["eventCount"])],
)
