"""One row is the accordion openings with one label on one page type of the service on one day."""

from ees_analytics.contracts.app_columns import ACCORDIONS, DAY, page_type
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[DAY, page_type("accordions.page_type"), *ACCORDIONS],
    key=["date", "page_type", "eventLabel"],
)
