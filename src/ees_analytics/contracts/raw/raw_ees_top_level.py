"""Public API: one row is one call that concerns no publication or data set."""

from ees_analytics.contracts import log_columns as log

CONTRACT = log.table_contract(__name__, __doc__, log.CALL)
