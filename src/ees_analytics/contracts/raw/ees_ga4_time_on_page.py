"""Google Analytics 4: one row is the engagement with one page on one day."""

from ees_analytics.contracts import ga4_columns as ga4
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[ga4.DAY, ga4.PAGE_PATH, ga4.PAGEVIEWS, ga4.SESSIONS, ga4.ENGAGEMENT],
    key=["date", "pagePath"],
    slice_column="date",
)
