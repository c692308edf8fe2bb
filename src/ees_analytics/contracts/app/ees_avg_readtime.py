"""One row is the time it takes to read one publication's page."""

from ees_analytics.contracts.contract import DOUBLE, STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("slug", STRING, "The page that was read: of a title's slugs the longest read"),
        Column("avg_read_time", DOUBLE, "Seconds: 265 words a minute and 12 seconds an image", minimum=0),
        Column("title", STRING, "Title-cased title of the publication"),
    ],
    key=["title"],
)
