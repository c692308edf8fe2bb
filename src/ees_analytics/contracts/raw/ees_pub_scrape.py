"""One row is one slug under which a publication is or was found on the website, with its title."""

from ees_analytics.contracts.contract import STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("slug", STRING, "The part of the address that names the publication, lower case"),
        Column("title", STRING, "The publication's title; many slugs may share one"),
    ],
    key=["slug"],
)
