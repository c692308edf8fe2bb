import datetime as dt

import pytest

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import check
from ees_analytics.parameters.rules import UniversalAnalytics
from ees_analytics.pipelines.reporting.service import ees_service_summary

UA = "date date, pageviews double, sessions double, avg_session_duration double"
GA4 = "date date, screenPageViews int, sessions int, averageSessionDuration double"


def _day(number: int) -> dt.date:
    return dt.date(2023, 6, number)


@pytest.fixture
def summary(spark):
    def build(universal=(), ga4=(), last_day=None):
        rows = ees_service_summary(
            spark.createDataFrame(list(universal), UA),
            spark.createDataFrame(list(ga4), GA4),
            UniversalAnalytics(last_day=last_day),
        )
        table = check(rows.toArrow(), contract_for("app.ees_service_summary"))
        return sorted(table.to_pylist(), key=lambda row: row["date"])

    return build


def test_averages_begin_with_the_seventh_row_and_skip_missing_days(summary):
    days = [1, 2, 3, 5, 6, 7, 9, 10]

    rows = summary(ga4=[(_day(d), 10 * d, d, 60.0) for d in days])

    assert [row["pageviews_avg7"] for row in rows[:6]] == [None] * 6
    assert (rows[6]["pageviews_avg7"], rows[6]["sessions_avg7"]) == (47.1, 4.7)  # 330/7, 33/7
    assert (rows[7]["pageviews_avg7"], rows[7]["sessions_avg7"]) == (60.0, 6.0)  # without day 1


def test_a_day_of_both_eras_is_one_row_weighted_by_sessions(summary):
    rows = summary([(_day(22), 100.0, 30.0, 50.0)], [(_day(22), 20, 10, 90.0)])

    assert rows == [
        {
            "date": _day(22),
            "pageviews": 120.0,
            "sessions": 40.0,
            "averageSessionDuration": 60.0,
            "pageviews_avg7": None,
            "sessions_avg7": None,
            "pagesPerSession": 3.0,
        }
    ]


def test_a_day_without_sessions_has_no_ratios(summary):
    (row,) = summary(ga4=[(_day(1), 5, 0, 0.0)])

    assert (row["averageSessionDuration"], row["pagesPerSession"]) == (None, None)
    assert (row["pageviews"], row["sessions"]) == (5.0, 0.0)


def test_an_era_without_sessions_does_not_weigh(summary):
    (row,) = summary([(_day(1), 5.0, 0.0, None)], [(_day(1), 10, 5, 12.0)])

    assert (row["averageSessionDuration"], row["pagesPerSession"]) == (12.0, 3.0)


def test_halves_are_rounded_up(summary):
    (row,) = summary(ga4=[(_day(1), 2580, 400, 0.25)])

    assert (row["pagesPerSession"], row["averageSessionDuration"]) == (6.5, 0.3)


def test_the_last_day_ends_universal_analytics(summary):
    universal = [(_day(d), 1.0, 1.0, 1.0) for d in (20, 21, 22)]

    assert [row["date"] for row in summary(universal, last_day=_day(21))] == [_day(20), _day(21)]


def test_nothing_in_gives_nothing(summary):
    assert summary() == []
