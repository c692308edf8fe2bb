"""Sums of counts that are the same whatever the order of the rows."""

from pyspark.sql import Column
from pyspark.sql import functions as F

_WHOLE_FROM = 2.0**53
"""From here on every double is a whole number."""


def exact_sum(count: Column) -> Column:
    """The sum of a column of doubles, as a double; null where all are null, not finite where one is not finite.

    The sum of doubles depends on their order, and so on the number of partitions, where they have fractions: a table
    would change with every run. So wholes and fractions are summed apart, the fractions as decimals of 17 places.
    Their sum becomes a double by way of text: Sail casts the decimal 239050 to 239049.99999999997.
    """
    count = count.cast("double")
    fraction = F.when(F.abs(count) < F.lit(_WHOLE_FROM), count % F.lit(1.0)).otherwise(F.lit(0.0))
    fractions = F.sum(fraction.cast("decimal(18,17)")).cast("string").cast("double")
    return F.sum(count - fraction) + fractions
