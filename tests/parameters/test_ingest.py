"""Dates, and former keys of conf."""

import datetime as dt

import pytest
from pydantic import ValidationError

from ees_analytics.parameters.ingest import DailyCalendar, DeclaredDays, as_date

CALENDAR = {"first_day": "2026-06-01", "lag_days": 2}


def test_a_former_key_works_with_a_warning_that_names_the_new_one():
    with pytest.warns(FutureWarning, match="believe_empty_days is now empty_is_final_after_days"):
        calendar = DailyCalendar(**CALENDAR, believe_empty_days=9)
    assert calendar.empty_is_final_after_days == 9


def test_a_former_key_beside_the_new_one_is_refused():
    with pytest.raises(ValidationError, match="keep only the latter"):
        DailyCalendar(**CALENDAR, believe_empty_days=9, empty_is_final_after_days=8)


def test_text_and_dates_are_read_alike():
    assert as_date("2026-07-01") == as_date(dt.date(2026, 7, 1)) == dt.date(2026, 7, 1)


def test_declared_days_whose_last_is_before_their_first_are_refused():
    days = {"table": "ees_ga4_page", "from": "2026-05-03", "to": "2026-05-01", "reason": "an outage"}
    with pytest.raises(ValidationError, match=r"`from` \(2026-05-03\) is after `to` \(2026-05-01\)"):
        DeclaredDays(**days)
