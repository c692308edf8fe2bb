"""One row is the accordion openings with one label on one page type of one publication on one day."""

from ees_analytics.contracts.app_columns import ACCORDIONS, DAY, PUBLICATION_OR_NULL, page_type
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[DAY, page_type("accordions.page_type", listed=True), PUBLICATION_OR_NULL, *ACCORDIONS],
    key=["date", "page_type", "publication", "eventLabel"],
)
