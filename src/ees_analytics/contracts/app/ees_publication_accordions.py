"""``analytics_app.ees_publication_accordions``: the accordion openings with one label on one page type of one publication on one day."""

from ees_analytics.contracts.app_columns import DAY, EVENT_LABEL, PUBLICATION_OR_NULL, page_type
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_accordions",
    description="One row is the accordion openings with one label on one page type of one publication on one day.",
    columns=[
        DAY,
        page_type("accordions.page_type", listed=True),
        PUBLICATION_OR_NULL,
        EVENT_LABEL,
        Column("eventCount", DOUBLE, "How often it was opened, UA and GA4 added", minimum=0),
    ],
    key=["date", "page_type", "publication", "eventLabel"],
)
