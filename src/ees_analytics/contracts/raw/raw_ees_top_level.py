"""``analytics_raw.raw_ees_top_level``. Public API: one row is one call that concerns no publication or data set."""

from ees_analytics.contracts.log_columns import PARAMETERS, START_TIME, TYPE, log_contract

CONTRACT = log_contract(
    "raw_ees_top_level",
    "Public API: one row is one call that concerns no publication or data set.",
    [PARAMETERS, START_TIME, TYPE],
)
