"""Google Analytics 4: one row is the traffic of one page on one day."""

from ees_analytics.contracts import ga4_columns as ga4
from ees_analytics.contracts.contract import DOUBLE, INT, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        ga4.DAY,
        ga4.PAGE_PATH,
        ga4.PAGEVIEWS,
        ga4.SESSIONS,
        ga4.BOUNCE_RATE,
        Column("users", DOUBLE, "GA4 activeUsers (an estimate)", minimum=0),
        ga4.ENGAGEMENT,
        Column("scrolledUsers", INT, "Users who scrolled at least 90% of the page", minimum=0),
    ],
    key=["date", "pagePath"],
    slice_column="date",
)
