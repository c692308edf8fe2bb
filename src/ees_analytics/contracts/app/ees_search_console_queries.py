"""``analytics_app.ees_search_console_queries``: one of the ten queries that most often led to a publication."""

from ees_analytics.contracts.checks import OneOf
from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_search_console_queries",
    description="One row is one of the ten most frequent queries for a publication, by clicks or by impressions, in the last 365 days.",
    columns=[
        Column("query", STRING, "What was searched for"),
        Column("count", DOUBLE, "How many clicks or impressions", minimum=0),
        Column("publication", STRING, "Title-cased title, or Service for all pages together"),
        Column("metric", STRING, "clicks or impressions"),
    ],
    key=["query", "publication", "metric"],
    checks=[OneOf("metric", ("clicks", "impressions"))],
)
