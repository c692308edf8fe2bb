import datetime as dt

import pytest

from ees_analytics.transforms.joins import both_eras

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
