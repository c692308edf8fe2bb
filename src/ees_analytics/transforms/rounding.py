"""Rounding that gives the same result on every engine."""

from pyspark.sql import Column
from pyspark.sql import functions as F


def ratio_to_one_decimal(numerator: Column, denominator: Column) -> Column:
    """Divide and round half up to one decimal in one step; null where the denominator is 0 or null.

    Rounding the quotient itself would round twice: 9/20 and 0.45 are not the same double. The engines' own
    ``round`` differs on such halves; ``floor`` does not.
    """
    over, under = numerator.cast("double"), F.nullif(denominator.cast("double"), F.lit(0.0))
    return F.floor((over * 20 + under) / (under * 2)).cast("double") / 10
