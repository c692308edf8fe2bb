"""Public API: one row is one distinct query, and how often it was made since the file before."""

from ees_analytics.contracts import log_columns as log

CONTRACT = log.table_contract(
    __name__,
    __doc__,
    [
        log.QUERY_VERSION_HASH,
        log.file_column("queryHash", "Hash of the query"),
        log.DATA_SET_ID,
        log.DATA_SET_VERSION_ID,
        log.DATA_SET_VERSION,
        log.DATA_SET_TITLE,
        log.file_column("resultsCount", "Rows that the query gave back", log.FileType.INT),
        log.file_column("totalRowsCount", "Rows that the query found in all", log.FileType.INT),
        log.QUERY,
        log.file_column("queryExecutions", "How often the query was made", log.FileType.INT),
    ],
)
