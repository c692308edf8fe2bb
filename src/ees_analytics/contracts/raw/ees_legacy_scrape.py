"""Old addresses of publications, frozen: one row is one page of the website as it was once scraped."""

from ees_analytics.contracts.contract import STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("url", STRING, "Full address of the page", nullable=True),
        Column("heading", STRING, "The page's heading, the publication's title", nullable=True),
    ],
    frozen=True,
)
