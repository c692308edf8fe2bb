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
    """The rows with the look-up's other columns. A null key matches the look-up's null key.

    Args:
        rows: The many side: no row is multiplied.
        lookup: The one side: it has each key once; its columns other than ``on`` are not in ``rows``.
        on: The key's columns, of the same names on both sides.
        keep_unmatched: Whether rows whose key the look-up lacks are kept, with nulls.
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
    """The rows of both eras, not added up.

    Args:
        universal: Rows of Universal Analytics, with a ``date``.
        ga4: Rows of Google Analytics 4.
        last_day: The last day of Universal Analytics that counts; None for all of it.
        columns: The columns to keep, under the names of the app tables.
    """
    if last_day is not None:
        universal = universal.where(F.col("date") <= F.lit(last_day))
    eras = [era.withColumnsRenamed(_NAMES).select(*columns) for era in (universal, ga4)]
    return eras[0].unionByName(eras[1])
