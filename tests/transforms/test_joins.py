import datetime as dt

import pytest

from ees_analytics.transforms.joins import both_eras, join_many_to_one

ROWS = [(None, "x", 1), ("a", None, 2), ("a", "x", 3), ("", "x", 4), ("a", "x", 3), ("b", "x", 5)]


def test_every_row_stays_once_and_null_finds_null(spark):
    rows = spark.createDataFrame(ROWS, "one string, two string, n int")
    lookup = spark.createDataFrame(
        [(None, "x", "null"), ("a", None, "a-null"), ("a", "x", "a-x"), ("unused", "x", "no")],
        "one string, two string, label string",
    )

    joined = join_many_to_one(rows, lookup, ["one", "two"])

    assert joined.columns == ["one", "two", "n", "label"]
    found = sorted(((row["n"], row["label"]) for row in joined.collect()), key=lambda pair: pair[0])
    assert found == [(1, "null"), (2, "a-null"), (3, "a-x"), (3, "a-x"), (4, None), (5, None)]


def test_empty_sides(spark):
    rows = spark.createDataFrame(ROWS, "one string, two string, n int")
    lookup = spark.createDataFrame([], "one string, label string")

    assert {row["label"] for row in join_many_to_one(rows, lookup, ["one"]).collect()} == {None}
    assert join_many_to_one(lookup, rows.drop("two").limit(0), ["one"]).collect() == []


def test_unmatched_rows_may_be_left_out(spark):
    rows = spark.createDataFrame(ROWS, "one string, two string, n int")
    lookup = spark.createDataFrame([(None, "null"), ("b", "b")], "one string, label string")

    joined = join_many_to_one(rows, lookup, ["one"], keep_unmatched=False)

    assert sorted((row["n"], row["label"]) for row in joined.collect()) == [(1, "null"), (5, "b")]


FIRST, LAST = dt.date(2023, 6, 29), dt.date(2023, 6, 30)
UA = "eventAction string, date date, totalEvents double, other int"
GA4 = "date date, eventName string, eventCount int"


def names(spark, universal, ga4, last_day=None):
    """The events of both eras, sorted."""
    eras = spark.createDataFrame(universal, UA), spark.createDataFrame(ga4, GA4)
    rows = both_eras(*eras, last_day, ["date", "eventName", "eventCount"])
    assert rows.columns == ["date", "eventName", "eventCount"]
    return sorted(tuple(row) for row in rows.collect())


@pytest.mark.parametrize(("last_day", "kept"), [(None, 2), (LAST, 2), (FIRST, 1)])
def test_the_last_day_ends_universal_analytics_only(spark, last_day, kept):
    universal = [("x", FIRST, 1.5, 0), ("x", LAST, 2.0, 0)]
    expected = [(FIRST, "x", 1.5), (LAST, "x", 2.0)][:kept] + [(LAST, "x", 3.0)]

    assert names(spark, universal, [(LAST, "x", 3)], last_day) == expected


def test_an_era_may_have_no_rows(spark):
    assert names(spark, [], []) == []
    assert names(spark, [], [(LAST, "x", 2)]) == [(LAST, "x", 2.0)]
    assert names(spark, [("x", LAST, 1.0, 0)], []) == [(LAST, "x", 1.0)]
