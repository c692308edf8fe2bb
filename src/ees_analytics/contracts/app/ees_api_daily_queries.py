"""One row is the calls of the public API in the log files of one day."""

from ees_analytics.contracts.contract import BIGINT, DATE, Column, TableContract

_COUNTS = {
    "GetPublications": "Calls that list the publications",
    "GetDataSets": "Calls that list a publication's data sets",
    "GetPublicationSummary": "Calls for one publication's summary",
    "GetDataSetSummary": "Calls for one data set's summary",
    "GetVersions": "Calls that list a data set's versions",
    "DownloadCsv": "Downloads of a data set version as CSV",
    "GetMetadata": "Calls for a data set version's metadata",
    "GetChanges": "Calls for a data set version's changes",
    "GetVersionSummary": "Calls for one data set version's summary",
    "PostQueryExecutions": "Queries that were run",
}

CONTRACT = TableContract(
    __name__,
    __doc__,
    columns=[
        Column("date", DATE, "Day of the log file"),
        *(Column(name, BIGINT, description, minimum=0) for name, description in _COUNTS.items()),
    ],
    key=["date"],
)
