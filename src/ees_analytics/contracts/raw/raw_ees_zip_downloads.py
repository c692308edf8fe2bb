"""Downloads: one row is one kind of zip file, and how often it was taken since the file before."""

from ees_analytics.contracts import log_columns as log

CONTRACT = log.table_contract(
    __name__,
    __doc__,
    [
        log.file_column("zipDownloadHash", "Hash of what the download is"),
        *log.RELEASE_FILE,
        log.file_column("fromPage", "The page that the download was started from"),
        log.DOWNLOADS,
    ],
)
