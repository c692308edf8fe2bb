"""Joins that keep every row of the left side exactly once."""

from collections.abc import Sequence

from pyspark.sql import DataFrame


def join_many_to_one(rows: DataFrame, lookup: DataFrame, on: Sequence[str]) -> DataFrame:
    """Add the lookup's columns to the rows; null where the lookup has no such key.

    A null key finds the lookup's null key: it is a value like others. The lookup holds each key once.

    Args:
        rows: The many side.
        lookup: The one side; its columns other than ``on`` are not in ``rows``.
        on: The key's columns, of the same names on both sides.
    """
    keys = {name: f"_key_{position}" for position, name in enumerate(on)}
    renamed = lookup.withColumnsRenamed(keys)
    matches = [renamed[key].eqNullSafe(rows[name]) for name, key in keys.items()]
    # The lookup stands on the left: the embedded engine keeps that side in memory and streams the other past it.
    joined = renamed.join(rows, matches, "right")
    added = [name for name in lookup.columns if name not in on]
    return joined.select(*rows.columns, *added)
