"""One row is the traffic of one publication's release pages from one source and medium on one day."""

from ees_analytics.contracts.app_columns import DAY, PUBLICATION_OR_NULL, SOURCE_MEDIUM, TRAFFIC
from ees_analytics.contracts.contract import TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[DAY, PUBLICATION_OR_NULL, *SOURCE_MEDIUM, *TRAFFIC],
    key=["date", "publication", "source", "medium"],
)
