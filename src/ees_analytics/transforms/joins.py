"""Joins with a look-up, and rows of Universal Analytics and Google Analytics 4 together."""

import datetime as dt
from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

_NAMES = {
    "eventAction": "eventName",
    "totalEvents": "eventCount",
    "deviceCategory": "device",
    "sessionSource": "source",
    "sessionMedium": "medium",
    "screenPageViews": "pageviews",
    "avg_session_duration": "averageSessionDuration",
}
"""Columns that have another name in one of the eras, or in the app tables."""


def join_many_to_one(
    rows: DataFrame, lookup: DataFrame, on: Sequence[str], *, keep_unmatched: bool = True
) -> DataFrame:
    """The rows with the look-up's other columns, which ``rows`` do not have; nulls where it lacks the key.

    The look-up has each key once, so that no row is multiplied. A null key matches the look-up's null key.
    """
    keys = {name: f"_key_{position}" for position, name in enumerate(on)}
    matches = [F.col(key).eqNullSafe(F.col(name)) for name, key in keys.items()]
    # The look-up is on the left: the embedded engine keeps that side in memory and streams the other past it.
    how = "right" if keep_unmatched else "inner"
    joined = lookup.withColumnsRenamed(keys).alias("lookup").join(rows.alias("rows"), matches, how)
    return joined.select("rows.*", "lookup.*").drop(*keys.values())


def both_eras(
    universal: DataFrame, ga4: DataFrame, last_day: dt.date | None, columns: Sequence[str]
) -> DataFrame:
    """The rows of both eras, not added up, with these columns under the names of the app tables.

    Universal Analytics counts to its ``last_day``; None for all of it.
    """
    if last_day is not None:
        universal = universal.where(F.col("date") <= F.lit(last_day))
    eras = [era.withColumnsRenamed(_NAMES).select(*columns) for era in (universal, ga4)]
    return eras[0].unionByName(eras[1])
