"""Joins with a look-up that has each key once."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


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
