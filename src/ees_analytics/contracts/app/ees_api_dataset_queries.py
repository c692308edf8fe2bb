"""One row is the calls of the public API for one data set version in the log files of one day."""

from ees_analytics.contracts.contract import BIGINT, DATE, STRING, Column, TableContract

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("date", DATE, "Day of the log file"),
        Column("dataSetId", STRING, "Data set; null where the version is not known", nullable=True),
        Column("dataSetTitle", STRING, "Title of the data set as logged", nullable=True),
        Column("dataSetVersion", STRING, "Version of the data set, like 1.0", nullable=True),
        Column(
            "publicationTitle",
            STRING,
            "Publication, as the data catalogue names it; null where it does not list the data set",
            nullable=True,
        ),
        Column("DownloadCsv", BIGINT, "Downloads as CSV", minimum=0),
        Column("GetMetadata", BIGINT, "Calls for the metadata", minimum=0),
        Column("PostQueryExecutions", BIGINT, "Queries that were run", minimum=0),
    ],
    key=["date", "dataSetId", "dataSetTitle", "dataSetVersion"],
)
