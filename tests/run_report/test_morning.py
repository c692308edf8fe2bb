"""The charts of a run: headlines, the days of each source, the rows of each table."""

from __future__ import annotations

import datetime as dt

import pytest

from ees_analytics.parameters.anomalies import AnomalySettings
from ees_analytics.parameters.daily_measures import DailyMeasures
from ees_analytics.run_report.charts import days_to
from ees_analytics.run_report.facts import TableFacts
from ees_analytics.run_report.morning import morning
from ees_analytics.run_report.page import page
from tests.run_report.examples import NASTY, example_run

TODAY = dt.date(2026, 6, 30)  # a Tuesday
NEWEST = dt.date(2026, 6, 28)
CONF = DailyMeasures.model_validate(
    {
        "columns": {},
        "sources": [
            {"source": "Logs", "tables": ["raw_ees_*"], "lag_days": 1, "weekdays_only": True},
            {"source": NASTY, "tables": ["*"], "lag_days": 2},
        ],
        "headlines": [
            {"title": "Sessions", "tables": ["ees_service_summary"], "measure": "sessions"},
            {"title": "Downloads", "tables": ["raw_ees_*_downloads"], "measure": "downloads"},
        ],
    }
)
SETTINGS = AnomalySettings()


def rows(table: str, measure: str, values: dict[dt.date, float]) -> list[dict]:
    return [{"table_name": table, "measure": measure, "date": day, "value": v} for day, v in values.items()]


def ledger(day: dt.date, state: str, **flags) -> dict:
    names = ("sampled", "thresholded", "other_row", "truncated", "capped")
    known = {"table": "ees_ga4_page", "slice": str(day), "state": state, "recorded_at": TODAY}
    return known | dict.fromkeys(names, False) | flags


def made(found: list[dict], entries: list[dict] = (), **run):
    return morning(found, entries, example_run(**run), CONF, SETTINGS)


def test_the_newest_complete_day_is_compared_with_the_same_weekday():
    values = {NEWEST - dt.timedelta(weeks=week): 100.0 for week in range(1, 6)}
    values |= {NEWEST: 90.0, NEWEST - dt.timedelta(weeks=1): 120.0, TODAY: 1.0}
    (panel,) = made(rows("ees_service_summary", "sessions", values)).panels
    assert (panel.day, panel.value, panel.before, panel.usual, panel.weeks) == (NEWEST, 90, 120, 100, 5)
    assert panel.change(panel.before) == "25% less"
    assert panel.change(60.0) == "50% more"
    assert panel.change(90.2) == "the same"
    assert panel.change(0.0) == panel.change(None) == ""


def test_with_too_few_weeks_nothing_is_usual():
    values = {NEWEST - dt.timedelta(weeks=week): 100.0 for week in range(4)}
    (panel,) = made(rows("ees_service_summary", "sessions", values)).panels
    assert (panel.usual, panel.weeks) == (None, 3)
    assert "Too few weeks" in page(
        example_run(), morning=made(rows("ees_service_summary", "sessions", values))
    )


def test_the_tables_of_a_headline_are_summed():
    day = dt.date(2026, 6, 26)
    found = rows("raw_ees_csv_downloads", "downloads", {day: 3.0}) + rows(
        "raw_ees_zip_downloads", "downloads", {day: 4.0}
    )
    (panel,) = made(found).panels
    assert (panel.source, panel.value, panel.before) == ("Logs", 7, None)


def test_the_days_of_a_source():
    days = dict.fromkeys(days_to(NEWEST, 14), 5.0)
    empty, aside, missing, sampled = (dt.date(2026, 6, day) for day in (18, 19, 20, 22))
    for day in (empty, aside, missing):
        del days[day]
    entries = [
        ledger(empty, "empty"), ledger(aside, "set aside"), ledger(sampled, "committed", sampled=True),
        ledger(NEWEST, "set aside"),  # an earlier attempt: the table has the day
        ledger(missing, "committed", sampled=True),  # the table lost it
    ]  # fmt: skip
    (found,) = made(rows("ees_ga4_page", "rows", days), entries).sources
    assert found.days == {
        "missing": [str(missing)], "set aside": [str(aside)], "empty": [str(empty)], "estimated": [str(sampled)],
    }  # fmt: skip
    assert "10 days in. missing 2026-06-20. set aside 2026-06-19" in found.calendar
    assert "Monday 29 June 2026: not due" in found.calendar


def test_a_day_that_one_table_of_a_source_lacks_is_missing():
    days = dict.fromkeys(days_to(NEWEST, 9), 5.0)
    lacking = {day: value for day, value in days.items() if day != dt.date(2026, 6, 24)}
    (found,) = made(rows("ees_ga4_page", "rows", days) + rows("ees_ga4_hourly", "rows", lacking)).sources
    assert found.days == {"missing": ["2026-06-24"]}


@pytest.mark.parametrize(
    ("table", "newest", "light", "words"),
    [
        ("ees_ga4_page", NEWEST, "on time", "Newest day Sunday 28 June 2026, as due"),
        ("ees_ga4_page", dt.date(2026, 6, 26), "late", "Newest day Friday 26 June 2026, 2 days late: Sunday 28 June 2026 is due"),
        ("ees_ga4_page", dt.date(2026, 6, 25), "very late", "Newest day Thursday 25 June 2026, 3 days late: Sunday 28 June 2026 is due"),
        ("raw_ees_queries", dt.date(2026, 6, 26), "late", "Newest day Friday 26 June 2026, 1 working day late: Monday 29 June 2026 is due"),
    ],
)  # fmt: skip
def test_freshness_counts_from_the_sources_own_lag(table, newest, light, words):
    (found,) = made(rows(table, "rows", dict.fromkeys(days_to(newest, 5), 1.0))).sources
    assert (found.light, found.words) == (light, words)


def test_each_table_with_days_has_its_own_light():
    found = rows("ees_ga4_page", "rows", {NEWEST: 1.0}) + rows(
        "ees_ga4_events", "rows", {dt.date(2026, 6, 20): 1.0}
    )
    lights = made(found).lights
    assert lights == {"ees_ga4_page": "on time", "ees_ga4_events": "very late"}
    tables = [TableFacts("raw.ees_ga4_events", newest=dt.date(2026, 6, 20))]
    assert "very late</strong>" in page(example_run(tables=tables), morning=made(found))


def test_days_after_the_run_date_are_left_out():
    assert made(rows("ees_ga4_page", "rows", {TODAY: 1.0})).sources == []


def test_no_log_file_is_due_at_weekends():
    working = [day for day in days_to(dt.date(2026, 6, 29), 14) if day.weekday() < 5]
    (found,) = made(rows("raw_ees_queries", "rows", dict.fromkeys(working, 1.0))).sources
    assert found.days == {}


def test_each_table_has_its_rows_a_day_and_its_breaks():
    broken = {"first_date": dt.date(2026, 6, 20), "last_date": None, "tables": "ees_api_*, ees_service_*", "text": NASTY, "source": "x"}  # fmt: skip
    found = made(rows("ees_service_summary", "rows", {NEWEST: 1.0}), annotations=[broken])
    assert "Break on Saturday 20 June 2026: &lt;script" in found.rows["ees_service_summary"]


def test_the_page_shows_them_escaped():
    found = rows("ees_service_summary", "sessions", {NEWEST: 1709.0}) + rows(
        "ees_ga4_page", "rows", {NEWEST: 5.0}
    )
    text = page(example_run(), morning=made(found))
    assert "<script" not in text
    assert "1,709" in text
    assert "● On time" in text.replace('<span aria-hidden="true">', "").replace("</span>", "")
    assert 'aria-label="Rows a day of ees_ga4_page, 28 days' in text
