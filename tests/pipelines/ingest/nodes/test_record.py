"""What a run says of days that did not come in."""

from __future__ import annotations

import datetime as dt

import pytest

from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.pipelines.ingest.nodes.record import IngestIncomplete, check_days
from ees_analytics.slices.landing_zone import LandingZone, QuarantinedSlice
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.state import TableState

TABLE = "ees_ga4_page"
CALENDAR = DailyCalendar(first_day=dt.date(2026, 6, 1), lag_days=2)
RUN = IngestRange(run_date=dt.date(2026, 6, 12))


def check(days: tuple[str, ...], reasons: dict[str, str]):
    now = dt.datetime(2026, 6, 12, tzinfo=dt.UTC)
    aside = {day: QuarantinedSlice(day, now, "") for day in reasons}
    landing = LandingZone(TABLE, quarantined=aside, reason=lambda item: reasons[item.slice])
    state = TableState(TABLE, exists=True)
    return check_days(None, IngestPlan(TABLE, days, days), landing, state, CALENDAR, RUN)


def test_days_of_one_reason_are_told_together():
    days = ("2026-06-01", "2026-06-02", "2026-06-03", "2026-06-05", "2026-06-06")
    reasons = dict.fromkeys(days[:2], "there are no credentials.") | {"2026-06-05": "other rows"}
    with pytest.raises(IngestIncomplete) as told:
        check(days, reasons)
    assert str(told.value) == (
        "ees_ga4_page: 5 day(s) did not come in. 2026-06-01 to 2026-06-02: there are no credentials; "
        "2026-06-03, 2026-06-06: not fetched; 2026-06-05: other rows. All other days are safe. "
        "The next run asks for them again."
    )


def test_young_days_are_waited_for():
    assert check(("2026-06-09", "2026-06-10"), {})["missing"] == ["2026-06-09", "2026-06-10"]
