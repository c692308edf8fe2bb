"""Public API: one row is one execution of a query of a data set."""

from ees_analytics.contracts import log_columns as log

CONTRACT = log.table_contract(
    __name__,
    __doc__,
    [
        log.QUERY_VERSION_HASH,
        log.DATA_SET_VERSION_ID,
        log.START_TIME,
        log.file_column("endTime", "When the query ended, UTC", log.FileType.TIMESTAMP),
        log.file_column("durationMillis", "How long the query took, in milliseconds", log.FileType.INT),
        *log.TOKEN,
        log.REQUESTED_VERSION,
    ],
)
