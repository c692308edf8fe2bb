"""One row is the downloads of one type with one label on one page type on one day."""

from ees_analytics.contracts.app_columns import DAY, DOWNLOADS
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[DAY, *DOWNLOADS],
    key=["date", "page_type", "download_type", "eventLabel"],
)
