"""One row is the time spent on one page type on one day."""

from ees_analytics.contracts.app_columns import DAY, TIME_ON_PAGE, page_type
from ees_analytics.contracts.contract import DOUBLE, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        DAY,
        page_type("page_type_by_path"),
        *TIME_ON_PAGE,
        Column(
            "total_session_starts",
            DOUBLE,
            "Sessions that began on this page type; null where none did",
            nullable=True,
            minimum=0,
        ),
    ],
    key=["date", "page_type"],
)
