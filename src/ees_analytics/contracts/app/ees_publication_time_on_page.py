"""One row is the time spent on one page type of one publication on one day."""

from ees_analytics.contracts.app_columns import DAY, PUBLICATION, TIME_ON_PAGE, page_type
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[DAY, PUBLICATION, page_type("page_type_by_path", listed=True), *TIME_ON_PAGE],
    key=["date", "publication", "page_type"],
)
