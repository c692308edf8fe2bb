"""Public API: one row is one call about a version of a data set."""

from ees_analytics.contracts import log_columns as log

CONTRACT = log.table_contract(
    __name__,
    __doc__,
    [
        log.DATA_SET_ID,
        log.DATA_SET_TITLE,
        log.DATA_SET_VERSION,
        log.DATA_SET_VERSION_ID,
        log.PARAMETERS,
        log.REQUESTED_VERSION,
        log.START_TIME,
        log.TYPE,
        *log.TOKEN,
    ],
)
