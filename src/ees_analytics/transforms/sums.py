"""Sums, one row a key."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def sum_by(rows: DataFrame, keys: Sequence[str], counts: Sequence[str]) -> DataFrame:
    """Add up the counts: one row per key, a null being a key like others."""
    return rows.groupBy(*map(F.col, keys)).agg(*[F.sum(count).alias(count) for count in counts])
