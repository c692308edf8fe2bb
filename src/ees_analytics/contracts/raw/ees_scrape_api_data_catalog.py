"""One row is one data set that the website's data catalogue marks as available by API."""

from ees_analytics.contracts.contract import DATE, STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("publication", STRING, "Title of the publication that the data set belongs to"),
        Column("dataset_name", STRING, "Title of the data set"),
        Column("dataset_id", STRING, "Id of the data set's page in the data catalogue"),
        Column("link", STRING, "Address of that page on the public website"),
        Column("published", DATE, "Day on which the data set was published"),
        Column("last_updated", DATE, "Day on which the data set was last updated"),
        Column("api_dataset_id", STRING, "The data set's id in the public API", nullable=True),
        Column("publication_id", STRING, "The publication's id in the public API", nullable=True),
    ],
    key=["dataset_id"],
)
