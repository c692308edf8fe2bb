"""``analytics_raw.raw_ees_queries``. Public API: one row is one distinct query, and how often it was made since the file before."""

from ees_analytics.contracts.log_columns import FileType, log_column, log_contract

CONTRACT = log_contract(
    "raw_ees_queries",
    "Public API: one row is one distinct query, and how often it was made since the file before.",
    [
        log_column("queryVersionHash", "Hash of the query and the version that it asked"),
        log_column("queryHash", "Hash of the query"),
        log_column("dataSetId", "The API data set's id", FileType.UUID),
        log_column("dataSetVersionId", "Id of that version of the data set", FileType.UUID),
        log_column("dataSetVersion", "The data set's version"),
        log_column("dataSetTitle", "The data set's title at the time"),
        log_column("resultsCount", "Rows that the query gave back", FileType.INT),
        log_column("totalRowsCount", "Rows that the query found in all", FileType.INT),
        log_column("query", "The query, JSON", FileType.JSON),
        log_column("queryExecutions", "How often the query was made", FileType.INT),
    ],
)
