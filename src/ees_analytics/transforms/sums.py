"""Sums of counts that are the same whatever the order of the rows."""

from pyspark.sql import Column
from pyspark.sql import functions as F

_WHOLE_FROM = 2.0**53
"""From here on every double is a whole number."""

_PARTS = 1e9
"""Fractions are added up as whole numbers of this part: of nine places, and nine billion of them fit in BIGINT."""


def exact_sum(count: Column) -> Column:
    """The sum of a column of doubles, as a double; null where all are null, not finite where one is not finite.

    The sum of doubles depends on their order, and so on the number of partitions, where they have fractions: a table
    would change with every run. So wholes and fractions are summed apart, the fractions rounded to nine places.
    """
    count = count.cast("double")
    # As exact as `% 1.0`, which takes five times as long. The condition is needed: the cast of NaN or a larger number may fail.
    fraction = F.when(F.abs(count) < F.lit(_WHOLE_FROM), count - count.cast("bigint")).otherwise(F.lit(0.0))
    parts = F.floor(fraction * F.lit(_PARTS) + F.lit(0.5)).cast("bigint")
    return F.sum(count - fraction) + F.sum(parts).cast("double") / F.lit(_PARTS)
