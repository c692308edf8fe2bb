"""The newest complete day of each source against the same weekday of the weeks before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.parameters.annotations import Annotations
from ees_analytics.parameters.anomalies import AnomalySettings
from ees_analytics.pipelines.reporting.anomalies import baseline, find_anomalies
from tests.parameters.test_daily_measures import MEASURES

MONDAY = dt.date(2026, 6, 29)
"""Of the eight Mondays before it, 4 May and 25 May are bank holidays."""
WEEK = [1000.0, 1100.0, 1050.0, 1400.0, 900.0, 400.0, 350.0]
GA4 = "Google Analytics 4"
SETTINGS = AnomalySettings()
counts = st.just(0.0) | st.floats(1e-6, 1e6)
"""Zero, or large enough that halving is exact: subnormal numbers would round."""


def season(
    day: dt.date = MONDAY, weeks: int = 10, value: Callable[[dt.date], float] | None = None
) -> dict[dt.date, float]:
    """The days of the weeks before a day, and the day."""
    days = [day - dt.timedelta(days=count) for count in range(7 * weeks + 1)]
    return {day: value(day) if value else WEEK[day.weekday()] for day in days}


def rows(days: dict[dt.date, float], table: str = "ees_ga4_service_summary", **more: str) -> list[dict]:
    row = {"source": GA4, "table_name": table, "measure": "sessions", **more}
    return [row | {"date": day, "value": value} for day, value in days.items()]


def found(given: list[dict], breaks: list[dict] | None = None, lag: int = 2, **settings: float) -> list[dict]:
    """What stands out in a run so late that the newest Monday is complete."""
    return find_anomalies(
        given,
        MONDAY + dt.timedelta(days=lag),
        AnomalySettings(**settings),
        MEASURES,
        Annotations.model_validate([{"text": "t", "source": "s", **one} for one in breaks or []]),
    )


def test_a_season_does_not_stand_out_and_a_drop_does():
    assert found(rows(season())) == []
    assert found(rows(season() | {MONDAY: 600.0})) == [
        {
            "source": GA4, "measure": "sessions", "date": MONDAY, "value": 600.0, "usual": 1000.0, "days": 6,
            "tables": ["ees_ga4_service_summary"],
        }
    ]  # fmt: skip
    assert found(rows(season() | {MONDAY: 1500.0}))[0]["value"] == 1500.0, "a rise, too"


def test_bank_holidays_are_not_compared_with_and_not_judged():
    spring, may_day = dt.date(2026, 5, 25), dt.date(2026, 5, 4)
    quiet = season() | {spring: 300.0, may_day: 300.0}
    assert found(rows(quiet)) == []
    (drop,) = found(rows(quiet | {MONDAY: 600.0}))
    assert (drop["usual"], drop["days"]) == (1000.0, 6), "two of the eight weeks are left out"
    holiday = season(spring, value=lambda day: 300.0 if day == spring else WEEK[day.weekday()])
    run_date = spring + dt.timedelta(days=2)
    assert find_anomalies(rows(holiday), run_date, SETTINGS, MEASURES, Annotations(())) == []


def test_a_slow_trend_does_not_stand_out():
    for change in (1.03, 0.97):
        trend = season(value=lambda day, change=change: 1000 * change ** ((day - MONDAY).days / 7))
        assert found(rows(trend)) == []


def test_a_constant_series_does_not_stand_out_for_a_little_more():
    constant = season(value=lambda _: 24.0)
    assert found(rows(constant | {MONDAY: 23.0})) == []
    assert found(rows(constant | {MONDAY: 0.0})) != []
    assert found(rows(season(value=lambda _: 0.0))) == []


@pytest.mark.parametrize(("weeks", "notes"), [(3, 0), (4, 1), (5, 1)])
def test_too_little_history_is_not_judged(weeks, notes):
    assert len(found(rows(season(weeks=weeks) | {MONDAY: 0.0}))) == notes


def test_bank_holidays_do_not_count_as_history():
    spring = {MONDAY: 0.0, dt.date(2026, 5, 25): 1000.0}
    kept = {day: value for day, value in season(weeks=5).items() if day != dt.date(2026, 6, 1)}
    assert found(rows(kept | spring)) == []


def test_the_newest_complete_day_is_judged():
    later = season() | {MONDAY: 600.0, MONDAY + dt.timedelta(days=1): 0.0}
    (drop,) = found(rows(later))
    assert drop["date"] == MONDAY, "the day after is not complete"
    assert found(rows(season() | {MONDAY: 600.0}), lag=9) != []
    assert found(rows(season() | {MONDAY: 600.0}), lag=10) == [], "a source that ended"


def test_days_on_the_other_side_of_a_break_are_not_compared_with():
    half = season(value=lambda day: WEEK[day.weekday()] / (1 if day < dt.date(2026, 6, 15) else 2))
    table = "ees_service_summary"
    lasting = {"first_date": "2026-06-15", "tables": ["ees_service_*"]}
    assert found(rows(half, table)) != []
    assert found(rows(half, table), [lasting]) == [], "two Mondays since: too few"
    assert found(rows(half, table), [lasting | {"tables": ["ees_*_downloads"]}]) != []
    assert found(rows(half), [lasting]) == [], "raw tables of the source, too"
    outage = {"first_date": "2026-06-08", "last_date": "2026-06-14", "tables": ["ees_service_*"]}
    (drop,) = found(rows(season() | {MONDAY: 600.0}, table), [outage])
    assert drop["days"] == 5
    assert found(rows(season() | {MONDAY: 600.0}, table), [outage | {"last_date": "2026-06-30"}]) == []


def test_an_app_table_without_rows_counts_nothing_where_its_source_has_the_day():
    raw = rows(season(), measure="page views")
    without = {day: value for day, value in season().items() if day != MONDAY}
    app = rows(without, "ees_session_starts")
    assert [(row["tables"], row["value"]) for row in found(raw + app)] == [(["ees_session_starts"], 0.0)]
    assert found(rows(without, "ees_ga4_hourly") + raw) == [], (
        "a missing day of a raw table is reported elsewhere"
    )
    assert found(raw[:-1] + rows(without, "ees_ga4_hourly") + app) == [], "the source is incomplete"


def test_tables_that_share_a_number_are_one_note_and_the_order_is_that_of_conf():
    drop = season() | {MONDAY: 600.0}
    given = rows(drop, measure="rows") + rows(drop, "ees_ga4_hourly") + rows(drop)
    notes = [(row["measure"], row["tables"]) for row in found(given)]
    assert notes == [
        ("sessions", ["ees_ga4_hourly", "ees_ga4_service_summary"]),
        ("rows", ["ees_ga4_service_summary"]),
    ]


@given(st.lists(counts, min_size=9, max_size=9), st.floats(0, 0.99))
def test_what_differs_by_less_than_the_least_change_never_stands_out(values, share):
    days = {MONDAY - dt.timedelta(weeks=week): value for week, value in enumerate(values)}
    usual = baseline(days, MONDAY, SETTINGS)
    assert usual is not None
    for sign in (1, -1):
        assert not usual.stands_out(usual.usual * (1 + sign * share * SETTINGS.min_change), SETTINGS)


@given(st.lists(counts, min_size=8, max_size=8), counts, st.sampled_from([2.0, 8.0]))
def test_what_stands_out_also_does_so_in_larger_numbers(values, value, factor):
    days = {MONDAY - dt.timedelta(weeks=week + 1): value for week, value in enumerate(values)}
    larger = {day: value * factor for day, value in days.items()}
    usual, usual_of_larger = baseline(days, MONDAY, SETTINGS), baseline(larger, MONDAY, SETTINGS)
    assert usual is not None and usual_of_larger is not None
    assert usual_of_larger.usual == usual.usual * factor
    if usual.stands_out(value, SETTINGS):
        assert usual_of_larger.stands_out(value * factor, SETTINGS)


def test_settings_that_judge_nothing_are_refused():
    with pytest.raises(Exception, match="nothing is judged"):
        AnomalySettings(weeks=3, min_days=4)
