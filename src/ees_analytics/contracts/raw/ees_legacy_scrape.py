"""``analytics_raw.ees_legacy_scrape``: Old addresses of publications, frozen; one page of the website as it was once scraped."""

from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_legacy_scrape",
    description="Old addresses of publications, frozen: one row is one page of the website as it was once scraped.",
    columns=[
        Column("url", ColumnType.STRING, "Full address of the page", nullable=True),
        Column("heading", ColumnType.STRING, "The page's heading, the publication's title", nullable=True),
    ],
    frozen=True,
)
