"""One row is the traffic of one page type from one source and medium on one day."""

from ees_analytics.contracts.app_columns import DAY, SOURCE_MEDIUM, TRAFFIC, page_type
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[DAY, page_type("page_type_by_path"), *SOURCE_MEDIUM, *TRAFFIC],
    key=["date", "page_type", "source", "medium"],
)
