"""Public API: one row is one call about a data set."""

from ees_analytics.contracts import log_columns as log

CONTRACT = log.table_contract(__name__, __doc__, [log.DATA_SET_ID, log.DATA_SET_TITLE, *log.CALL, *log.TOKEN])
