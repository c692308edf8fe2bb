import math
import random

import pyarrow as pa
import pytest
from pyspark.sql import functions as F

from ees_analytics.contracts.digest import digest
from ees_analytics.pipelines.reporting.tables import sum_by
from ees_analytics.transforms.sums import exact_sum


def sums(spark, values):
    rows = spark.createDataFrame(pa.table({"count": pa.array(values, pa.float64())}))
    return rows.agg(exact_sum(F.col("count")).alias("sum")).toArrow()["sum"].to_pylist()


def test_a_sum_of_fractions_does_not_depend_on_rows_or_partitions(spark):
    """A rerun with nothing new rewrites no table: digests compare every bit."""
    chance = random.Random(17)
    values = [chance.choice([1.0, 0.1, 1e6 * chance.random(), chance.random()]) for _ in range(4000)]
    rows = pa.table({"key": [number % 7 for number in range(4000)], "count": values})
    digests = set()
    for partitions in (1, 2, 4, 16):
        order = chance.sample(range(4000), 4000)
        frame = spark.createDataFrame(rows.take(order)).repartition(partitions)
        digests.add(digest(sum_by(frame, ["key"], ["count"]).toArrow()))
    assert len(digests) == 1


@pytest.mark.parametrize(
    "values",
    [
        [3.0, 4.0],
        [0.1] * 10,
        [2.0**53, 2.0**60],
        [0.5, 2.0**52 + 0.5],
        [None, 1.25],
        [-0.25, 1.0],
        [-0.1],
        [-1.75, 0.5],
        [2.0**53 - 1, -1.75],
        [-(2.0**52) - 0.5],
        [0.0],
    ],
)
def test_it_is_the_exact_sum(spark, values):
    assert sums(spark, values) == [math.fsum(value for value in values if value is not None)]


def test_nothing_to_add_is_null_and_what_is_not_finite_stays_so(spark):
    assert sums(spark, [None, None]) == [None]
    assert sums(spark, [1.5, math.inf]) == [math.inf]
    assert sums(spark, [1.5, -math.inf]) == [-math.inf]
    assert sums(spark, [1e308, 1e308]) == [math.inf]
    assert math.isnan(sums(spark, [1.5, math.nan])[0])
