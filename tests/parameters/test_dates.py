import datetime as dt

from ees_analytics.parameters.dates import as_date


def test_text_and_dates_are_read_alike():
    assert as_date("2026-07-01") == as_date(dt.date(2026, 7, 1)) == dt.date(2026, 7, 1)
