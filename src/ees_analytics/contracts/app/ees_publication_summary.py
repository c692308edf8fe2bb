"""One row is one publication on one day, also where nothing happened."""

from ees_analytics.contracts.app_columns import DAY, PUBLICATION
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        DAY,
        PUBLICATION,
        Column("pageviews", DOUBLE, "Page views of its release pages, UA and GA4 added", minimum=0),
        Column("sessions", DOUBLE, "Sessions of its release pages, UA and GA4 added", minimum=0),
        Column("total_session_starts", DOUBLE, "Sessions that began on its release pages", minimum=0),
        Column("total_accordion_events", DOUBLE, "Accordions opened on its release pages", minimum=0),
        Column("total_download_events", DOUBLE, "Downloads of its files", minimum=0),
        Column("total_featured_tables", DOUBLE, "Openings of its featured tables", minimum=0),
        Column("total_search_events", DOUBLE, "Searches on its release pages", minimum=0),
        Column("total_tables_created", DOUBLE, "Tables created from its data", minimum=0),
    ],
    key=["date", "publication"],
)
