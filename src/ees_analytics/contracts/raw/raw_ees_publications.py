"""``analytics_raw.raw_ees_publications``. Public API: one row is one call about a publication."""

from ees_analytics.contracts.log_columns import (
    PARAMETERS,
    START_TIME,
    TYPE,
    FileType,
    log_column,
    log_contract,
)

CONTRACT = log_contract(
    "raw_ees_publications",
    "Public API: one row is one call about a publication.",
    [
        log_column("publicationId", "The publication's id", FileType.UUID),
        log_column("publicationTitle", "The publication's title at the time"),
        PARAMETERS,
        START_TIME,
        TYPE,
    ],
)
