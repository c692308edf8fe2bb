"""Google Analytics 4: one row is the traffic of one page from one session source and medium on one day."""

from ees_analytics.contracts import ga4_columns as ga4
from ees_analytics.contracts.contract import STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        ga4.DAY,
        ga4.PAGE_PATH,
        Column("sessionSource", STRING, "Where the session came from"),
        Column("sessionMedium", STRING, "How it came: organic, referral, (none), …"),
        *ga4.TRAFFIC,
    ],
    key=["date", "pagePath", "sessionSource", "sessionMedium"],
    slice_column="date",
)
