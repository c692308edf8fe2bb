"""``analytics_app.ees_publication_tables_created``: how often one subject of one publication was chosen for a table on one page type on one day."""

from ees_analytics.contracts.app_columns import DAY, PUBLICATION, page_type
from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_tables_created",
    description="One row is how often one subject of one publication was chosen for a table on one page type on one day.",
    columns=[
        DAY,
        page_type("tables_created.page_type"),
        PUBLICATION,
        Column(
            "eventLabel",
            STRING,
            'The subject: what the label of the event has behind its last "/"',
            nullable=True,
        ),
        Column("eventCount", DOUBLE, "How often it was chosen, UA and GA4 added", minimum=0),
    ],
    key=["date", "page_type", "publication", "eventLabel"],
)
