"""Universal Analytics, frozen: one row is the traffic of one page on one day."""

from ees_analytics.contracts import ua_columns as ua
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__, __doc__, columns=[ua.DAY, ua.PAGE_PATH, ua.PAGEVIEWS, ua.SESSIONS], frozen=True
)
