"""Public API: one row is one call about a publication."""

from ees_analytics.contracts import log_columns as log

CONTRACT = log.table_contract(
    __name__,
    __doc__,
    [
        log.file_column("publicationId", "The publication's id", log.FileType.UUID),
        log.file_column("publicationTitle", "The publication's title at the time"),
        *log.CALL,
    ],
)
