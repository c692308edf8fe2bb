"""``analytics_raw.ees_legacy_scrape``: Old addresses of publications, frozen; one page of the website as it was once scraped."""

from ees_analytics.contracts.contract import STRING, Column, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_legacy_scrape",
    description="Old addresses of publications, frozen: one row is one page of the website as it was once scraped.",
    columns=[
        Column("url", STRING, "Full address of the page", nullable=True),
        Column("heading", STRING, "The page's heading, the publication's title", nullable=True),
    ],
    frozen=True,
)
