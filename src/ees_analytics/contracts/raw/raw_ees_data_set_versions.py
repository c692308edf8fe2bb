"""``analytics_raw.raw_ees_data_set_versions``. Public API: one row is one call about a version of a data set."""

from ees_analytics.contracts.log_columns import (
    PARAMETERS,
    REQUESTED_VERSION,
    START_TIME,
    TOKEN,
    TYPE,
    FileType,
    log_column,
    log_contract,
)

CONTRACT = log_contract(
    "raw_ees_data_set_versions",
    "Public API: one row is one call about a version of a data set.",
    [
        log_column("dataSetId", "The API data set's id", FileType.UUID),
        log_column("dataSetTitle", "The data set's title at the time"),
        log_column("dataSetVersion", "The data set's version"),
        log_column("dataSetVersionId", "Id of that version of the data set", FileType.UUID),
        PARAMETERS,
        REQUESTED_VERSION,
        START_TIME,
        TYPE,
        *TOKEN,
    ],
)
