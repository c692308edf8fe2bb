"""``analytics_app.ees_api_dataset_queries``: the calls of the public API for one data set version on one day."""

from ees_analytics.contracts.checks import NotNegative
from ees_analytics.contracts.contract import Column, ColumnType, TableContract

CONTRACT = TableContract(
    schema="analytics_app",
    name="ees_api_dataset_queries",
    description="One row is the calls of the public API for one data set version in the log files of one day.",
    columns=[
        Column("date", ColumnType.DATE, "Day of the log file"),
        Column(
            "dataSetId", ColumnType.STRING, "Data set; null where the version is not known", nullable=True
        ),
        Column("dataSetTitle", ColumnType.STRING, "Title of the data set as logged", nullable=True),
        Column("dataSetVersion", ColumnType.STRING, "Version of the data set, like 1.0", nullable=True),
        Column(
            "publicationTitle",
            ColumnType.STRING,
            "Publication, as the data catalogue names it; null where it does not list the data set",
            nullable=True,
        ),
        Column("DownloadCsv", ColumnType.BIGINT, "Downloads as CSV"),
        Column("GetMetadata", ColumnType.BIGINT, "Calls for the metadata"),
        Column("PostQueryExecutions", ColumnType.BIGINT, "Queries that were run"),
    ],
    key=["date", "dataSetId", "dataSetTitle", "dataSetVersion"],
    checks=[NotNegative(["DownloadCsv", "GetMetadata", "PostQueryExecutions"])],
)
