"""One row is one of the ten most frequent queries for a publication, by clicks or by impressions, in the last 365 days."""

from ees_analytics.contracts.checks import OneOf
from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("query", STRING, "What was searched for"),
        Column("count", DOUBLE, "How many clicks or impressions", minimum=0),
        Column("publication", STRING, "Title-cased title, or Service for all pages together"),
        Column("metric", STRING, "clicks or impressions"),
    ],
    key=["query", "publication", "metric"],
    checks=[OneOf("metric", ("clicks", "impressions"))],
)
