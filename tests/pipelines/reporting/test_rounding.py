import pytest
from pyspark.sql import functions as F

from ees_analytics.pipelines.reporting.service import ratio_to_one_decimal


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (9.0, 20.0, 0.5),
        (1.0, 4.0, 0.3),
        (449.0, 1000.0, 0.4),
        (2580.0, 400.0, 6.5),
        (7.0, 7.0, 1.0),
        (0.0, 3.0, 0.0),
        (1.0, 0.0, None),
        (1.0, None, None),
        (None, 2.0, None),
    ],
)
def test_halves_go_up_and_nothing_is_divided_by_zero(spark, numerator, denominator, expected):
    rows = spark.createDataFrame([(numerator, denominator)], "n double, d double")

    row = rows.select(ratio_to_one_decimal(F.col("n"), F.col("d")).alias("ratio")).first()

    assert row.ratio == expected
