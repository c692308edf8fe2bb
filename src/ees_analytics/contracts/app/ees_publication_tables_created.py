"""One row is how often one subject of one publication was chosen for a table on one page type on one day."""

from ees_analytics.contracts.app_columns import DAY, PUBLICATION, event_count, page_type
from ees_analytics.contracts.contract import STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        DAY,
        page_type("tables_created.page_type"),
        PUBLICATION,
        Column("eventLabel", STRING, 'The subject: the event label after its last "/"', nullable=True),
        event_count("How often it was chosen"),
    ],
    key=["date", "page_type", "publication", "eventLabel"],
)
