"""Downloads: one row is one permalink's table, and how often it was taken since the file before."""

from ees_analytics.contracts import log_columns as log

CONTRACT = log.table_contract(
    __name__,
    __doc__,
    [
        log.file_column("permalinkId", "The permalink's id", log.FileType.UUID),
        log.file_column("permalinkTitle", "The permalink's title"),
        log.DOWNLOAD_FORMAT,
        log.DOWNLOADS,
    ],
)
