"""One row is the searches with one label on one page type of the service on one day."""

from ees_analytics.contracts.app_columns import DAY, SEARCHES, page_type
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[DAY, page_type("search_events.page_type"), *SEARCHES],
    key=["date", "page_type", "eventLabel"],
)
