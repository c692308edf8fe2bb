"""Downloads: one row is one data set's CSV file, and how often it was taken since the file before."""

from ees_analytics.contracts import log_columns as log

CONTRACT = log.table_contract(
    __name__,
    __doc__,
    [
        log.file_column("csvDownloadHash", "Hash of what the download is"),
        *log.RELEASE_FILE,
        log.DOWNLOADS,
    ],
)
