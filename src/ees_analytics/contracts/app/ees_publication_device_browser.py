"""One row is the traffic of one publication's release pages from one device category and browser on one day."""

from ees_analytics.contracts.app_columns import DAY, DEVICE_BROWSER, PUBLICATION_OR_NULL, TRAFFIC
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[DAY, PUBLICATION_OR_NULL, *DEVICE_BROWSER, *TRAFFIC],
    key=["date", "publication", "device", "browser"],
)
