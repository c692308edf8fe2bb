"""Google Analytics 4: one row is the traffic of one page from one device category and browser on one day."""

from ees_analytics.contracts import ga4_columns as ga4
from ees_analytics.contracts.contract import STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        ga4.DAY,
        ga4.PAGE_PATH,
        Column("deviceCategory", STRING, "desktop, mobile, tablet, smart tv"),
        Column("browser", STRING, "Browser name"),
        *ga4.TRAFFIC,
    ],
    key=["date", "pagePath", "deviceCategory", "browser"],
    slice_column="date",
)
