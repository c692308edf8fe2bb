"""Days that a source has forgotten are not asked for."""

import datetime as dt

import pytest

from ees_analytics.parameters.ingest import DailyCalendar, IngestRange, KnownDays, months_before
from ees_analytics.pipelines.ingest.nodes.plan import plan_days
from ees_analytics.slices.slice import LandedSlice, LandingZone
from ees_analytics.slices.state import TableState

CALENDAR = DailyCalendar(first_day="2025-02-25", lag_days=3, history_months=16)
EMPTY = LandingZone("t")


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-06-30", 16, "2025-02-28"),
        ("2026-06-15", 16, "2025-02-15"),
        ("2025-01-31", 1, "2024-12-31"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-12-01", 24, "2024-12-01"),
    ],
)
def test_months_before(day, months, expected):
    assert str(months_before(dt.date.fromisoformat(day), months)) == expected


def plan(state=None, landing=EMPTY, **asked):
    return plan_days(
        state or TableState("t", exists=False),
        landing,
        CALENDAR,
        IngestRange(run_date="2026-06-30", **asked),
        KnownDays(),
    )


def test_missing_days_beyond_the_history_are_named_and_not_asked_for():
    found = plan()
    assert found.expired == ("2025-02-25", "2025-02-26", "2025-02-27")
    assert found.fetch[0] == found.expected[0] == "2025-02-28"


def test_days_that_the_table_holds_stay_expected():
    found = plan(TableState("t", exists=True, slices={"2025-02-26": 3}))
    assert found.expired == ("2025-02-25", "2025-02-27")
    assert found.expected[0] == "2025-02-26"
    assert found.fetch[0] == "2025-02-28"


def test_a_landed_day_is_loaded_however_old_it_is():
    item = LandedSlice("2025-02-25", 1, "0" * 32, dt.datetime(2025, 3, 1, tzinfo=dt.UTC), "path")
    zone = LandingZone("t", {"2025-02-25": item}, read=lambda item: None)
    found = plan(landing=zone)
    assert found.expected[0] == "2025-02-25"
    assert "2025-02-25" not in found.expired + found.fetch


def test_a_range_by_hand_stops_at_the_history():
    found = plan(**{"from": "2024-01-01", "to": "2025-03-01"})
    assert found.fetch[0] == "2025-02-28"


def test_a_day_that_the_source_has_deleted_cannot_be_accepted():
    """It would count as empty, and its rows would leave the table."""
    known = KnownDays(accept_days="t:2025-02-27")
    with pytest.raises(ValueError, match="2025-02-27 cannot be accepted: the source has deleted it"):
        plan_days(TableState("t", False), EMPTY, CALENDAR, IngestRange(run_date="2026-06-30"), known)
