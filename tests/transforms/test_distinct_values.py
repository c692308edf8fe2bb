import datetime as dt

from ees_analytics.transforms.distinct_values import STATISTICS, distinct_values

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2024, 2, 1)


def test_null_and_empty_are_values_of_their_own(spark):
    rows = spark.createDataFrame(
        [(FIRST, None, "x", 1.0), (LAST, None, "x", 2.0), (FIRST, "", "x", 4.0), (FIRST, "", None, None)],
        "date date, one string, two string, count double",
    )

    values = distinct_values(rows, ["one", "two"], "count")

    assert values.columns == ["one", "two", *STATISTICS]
    assert {tuple(row) for row in values.collect()} == {
        (None, "x", 2, 3.0, FIRST, LAST),
        ("", "x", 1, 4.0, FIRST, FIRST),
        ("", None, 1, None, FIRST, FIRST),
    }
