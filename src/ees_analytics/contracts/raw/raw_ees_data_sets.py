"""``analytics_raw.raw_ees_data_sets``. Public API: one row is one call about a data set."""

from ees_analytics.contracts.log_columns import (
    PARAMETERS,
    START_TIME,
    TOKEN,
    TYPE,
    FileType,
    log_column,
    log_contract,
)

CONTRACT = log_contract(
    "raw_ees_data_sets",
    "Public API: one row is one call about a data set.",
    [
        log_column("dataSetId", "The API data set's id", FileType.UUID),
        log_column("dataSetTitle", "The data set's title at the time"),
        PARAMETERS,
        START_TIME,
        TYPE,
        *TOKEN,
    ],
)
