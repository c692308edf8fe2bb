"""Joins that keep every row of the left side exactly once."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def join_many_to_one(rows: DataFrame, lookup: DataFrame, on: Sequence[str]) -> DataFrame:
    """Add the lookup's columns to the rows; null where the lookup has no such key.

    A null key finds the lookup's null key: it is a value like others. The lookup holds each key once.

    Args:
        rows: The many side.
        lookup: The one side; its columns other than ``on`` are not in ``rows``.
        on: The key's columns, of the same names on both sides.
    """
    keys = {name: f"_key_{position}" for position, name in enumerate(on)}
    matches = [F.col(key).eqNullSafe(F.col(name)) for name, key in keys.items()]
    # The lookup stands on the left: the embedded engine keeps that side in memory and streams the other past it.
    joined = lookup.withColumnsRenamed(keys).alias("lookup").join(rows.alias("rows"), matches, "right")
    return joined.select("rows.*", "lookup.*").drop(*keys.values())
