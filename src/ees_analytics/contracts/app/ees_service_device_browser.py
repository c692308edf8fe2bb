"""One row is the traffic of one page type from one device category and browser on one day."""

from ees_analytics.contracts.app_columns import DAY, DEVICE_BROWSER, TRAFFIC, page_type
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[DAY, page_type("page_type_by_path"), *DEVICE_BROWSER, *TRAFFIC],
    key=["date", "page_type", "device", "browser"],
)
