"""Distinct values, and conditions that are tested once for each of them."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def distinct_paths(rows: DataFrame) -> DataFrame:
    """The distinct ``pagePath`` of the rows, and in ``rows`` how many have it."""
    return rows.groupBy("pagePath").agg(F.count(F.lit(1)).alias("rows"))


def once_per_value(condition: Column) -> Column:
    """A condition for distinct values that have ``rows``: it is tested for each of them.

    Engines would test every row instead: before the rows are grouped by the value, or joined to it.
    """
    return (F.col("rows") == 0) | condition
