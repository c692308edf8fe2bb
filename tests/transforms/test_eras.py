import datetime as dt

from ees_analytics.transforms.eras import shared_days, until

DAYS = [dt.date(2023, 6, day) for day in (20, 21, 22)]


def _days(spark, days):
    return spark.createDataFrame([(day,) for day in days], "date date")


def test_until_keeps_the_last_day_itself(spark):
    kept = until(_days(spark, DAYS), DAYS[1]).collect()

    assert sorted(row.date for row in kept) == DAYS[:2]


def test_until_keeps_everything_without_a_last_day(spark):
    assert until(_days(spark, DAYS), None).count() == 3


def test_a_shared_day_is_named_once(spark):
    universal = _days(spark, [DAYS[0], DAYS[2], DAYS[2]])
    ga4 = _days(spark, [DAYS[2], DAYS[1]])

    assert [row.date for row in shared_days(universal, ga4).collect()] == [DAYS[2]]


def test_no_day_is_shared_with_an_empty_era(spark):
    assert shared_days(_days(spark, []), _days(spark, DAYS)).count() == 0
