"""Classify once per distinct value, not once per row.

A value table has one row per distinct combination of the columns that decide how a row is classified, with what
they weigh: ``rows``, ``count`` (events or page views), ``first_date`` and ``last_date``. It gets the labels, is small
enough to be collected, and is joined back to the rows.
"""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

STATISTICS = ("rows", "count", "first_date", "last_date")


def distinct_values(rows: DataFrame, keys: Sequence[str], count: str) -> DataFrame:
    """One row per distinct key, with what it weighs.

    Args:
        rows: Rows with a ``date``.
        keys: The columns that decide how a row is classified.
        count: The column that counts: eventCount or pageviews.
    """
    return rows.groupBy(*map(F.col, keys)).agg(
        F.count(F.lit(1)).cast("bigint").alias("rows"),
        F.sum(count).cast("double").alias("count"),
        F.min("date").alias("first_date"),
        F.max("date").alias("last_date"),
    )
