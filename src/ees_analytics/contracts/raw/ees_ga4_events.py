"""Google Analytics 4: one row is the count of one event on one page with one label and category on one day."""

from ees_analytics.contracts import ga4_columns as ga4
from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        ga4.DAY,
        ga4.PAGE_PATH,
        Column("eventName", STRING, "GA4 event name"),
        Column("eventLabel", STRING, "Custom event parameter event_label; cut at 100 characters"),
        Column("eventCategory", STRING, "Custom event parameter event_category; cut at 100 characters"),
        Column("eventCount", DOUBLE, "How often the event happened", minimum=0),
    ],
    key=["date", "pagePath", "eventName", "eventLabel", "eventCategory"],
    slice_column="date",
)
