"""Universal Analytics, frozen: one row is the count of one event on one page with one label and category on one day."""

from ees_analytics.contracts import ua_columns as ua
from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        ua.DAY,
        ua.PAGE_PATH,
        Column("eventAction", STRING, "Event action; GA4 calls it eventName", nullable=True),
        Column("eventLabel", STRING, "Event label", nullable=True),
        Column("eventCategory", STRING, "Event category", nullable=True),
        Column("totalEvents", DOUBLE, "How often the event happened", nullable=True),
    ],
    frozen=True,
)
