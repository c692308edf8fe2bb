"""Distinct values, and conditions that are tested once for each of them."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, GroupedData
from pyspark.sql import functions as F

from ees_analytics.transforms.sums import exact_sum


def grouped(rows: DataFrame, keys: Sequence[str | Column]) -> GroupedData:
    """The rows grouped by these columns.

    PySpark's own ``groupBy`` first asks the server of Spark Connect whether columns that are given by name exist.
    """
    return rows.groupBy(*[F.col(key) if isinstance(key, str) else key for key in keys])


def distinct_values(rows: DataFrame, keys: Sequence[str | Column], count: str) -> DataFrame:
    """One row per distinct key, with the statistics of its rows."""
    return grouped(rows, keys).agg(
        F.count(F.lit(1)).cast("bigint").alias("rows"),
        exact_sum(F.col(count)).alias("count"),
        F.min("date").alias("first_date"),
        F.max("date").alias("last_date"),
    )


def distinct_paths(rows: DataFrame) -> DataFrame:
    """The distinct ``pagePath`` of the rows, and in ``rows`` how many have it."""
    return grouped(rows, ["pagePath"]).agg(F.count(F.lit(1)).alias("rows"))


def once_per_value(condition: Column) -> Column:
    """A condition for distinct values that have ``rows``: it is tested for each of them.

    Engines would test every row instead: before the rows are grouped by the value, or joined to it.
    """
    return (F.col("rows") == 0) | condition
