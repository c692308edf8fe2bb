"""One row is the downloads of one type with one label on one page type of one publication on one day."""

from ees_analytics.contracts.app_columns import DAY, DOWNLOADS, PUBLICATION
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[DAY, PUBLICATION, *DOWNLOADS],
    key=["date", "publication", "page_type", "download_type", "eventLabel"],
)
