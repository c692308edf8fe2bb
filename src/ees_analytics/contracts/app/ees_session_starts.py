"""One row is the sessions that began on one page on one day."""

from ees_analytics.contracts.app_columns import DAY, PUBLICATION_OR_NULL, page_type
from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        DAY,
        Column("pagePath", STRING, "Path of the page", nullable=True),
        page_type("page_type_by_path"),
        PUBLICATION_OR_NULL,
        Column("eventCount", DOUBLE, "Sessions that began there, GA4", minimum=0),
    ],
    key=["date", "pagePath", "page_type", "publication"],
)
