"""``analytics_app.ees_publication_search_events``: the searches with one label on one page type of one publication on one day."""

from ees_analytics.contracts.app_columns import DAY, EVENT_LABEL, PUBLICATION_OR_NULL, page_type
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_search_events",
    description="One row is the searches with one label on one page type of one publication on one day.",
    columns=[
        DAY,
        page_type("search_events.page_type", listed=True),
        PUBLICATION_OR_NULL,
        EVENT_LABEL,
        Column("eventCount", DOUBLE, "Searches, UA and GA4 added", minimum=0),
    ],
    key=["date", "page_type", "publication", "eventLabel"],
)
