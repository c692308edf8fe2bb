"""One row is how often one featured table of one publication was opened on one day."""

from ees_analytics.contracts.app_columns import DAY, PUBLICATION, event_count
from ees_analytics.contracts.contract import STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        DAY,
        PUBLICATION,
        Column("eventLabel", STRING, "Name of the featured table, cut at the source", nullable=True),
        event_count("How often it was opened"),
    ],
    key=["date", "publication", "eventLabel"],
)
