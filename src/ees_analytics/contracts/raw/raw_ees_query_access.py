"""``analytics_raw.raw_ees_query_access``. Public API: one row is one execution of a query of a data set."""

from ees_analytics.contracts.log_columns import (
    REQUESTED_VERSION,
    START_TIME,
    TOKEN,
    FileType,
    log_column,
    log_contract,
)

CONTRACT = log_contract(
    "raw_ees_query_access",
    "Public API: one row is one execution of a query of a data set.",
    [
        log_column("queryVersionHash", "Hash of the query and the version that it asked"),
        log_column("dataSetVersionId", "Id of that version of the data set", FileType.UUID),
        START_TIME,
        log_column("endTime", "When the query ended, UTC", FileType.TIMESTAMP),
        log_column("durationMillis", "How long the query took, in milliseconds", FileType.INT),
        *TOKEN,
        REQUESTED_VERSION,
    ],
)
