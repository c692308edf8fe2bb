"""``analytics_app.ees_publication_featured_tables``: how often one featured table of one publication was opened on one day."""

from ees_analytics.contracts.app_columns import DAY, PUBLICATION
from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_publication_featured_tables",
    description="One row is how often one featured table of one publication was opened on one day.",
    columns=[
        DAY,
        PUBLICATION,
        Column("eventLabel", STRING, "Name of the featured table, cut at the source", nullable=True),
        Column("eventCount", DOUBLE, "How often it was opened, UA and GA4 added", minimum=0),
    ],
    key=["date", "publication", "eventLabel"],
)
