"""The first rows of each group, where "first" leaves no two rows to chance."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

_RANK = "_rank"


def first_rows(rows: DataFrame, within: Sequence[str], order: Sequence[Column], count: int = 1) -> DataFrame:
    """Keep the first rows of every group.

    Args:
        rows: Rows of any columns.
        within: The columns that make a group.
        order: What comes first; name enough columns that equal ranks are equal rows.
        count: How many rows of a group are kept.
    """
    rank = F.row_number().over(Window.partitionBy(*within).orderBy(*order))
    return rows.withColumn(_RANK, rank).where(F.col(_RANK) <= count).drop(_RANK)
