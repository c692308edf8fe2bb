"""One row is one slug's page on the website: its title and the counts for its reading time."""

from ees_analytics.contracts.contract import BIGINT, STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("slug", STRING, "The part of the address that names the publication, lower case"),
        Column("title", STRING, "The page's title, as the page shows it"),
        Column("words", BIGINT, "Words in paragraphs, headings, list items and links", minimum=0),
        Column("images", BIGINT, "Images, without the logo of accredited official statistics", minimum=0),
    ],
    key=["slug"],
)
