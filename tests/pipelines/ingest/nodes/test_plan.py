"""Which days a run asks for, whatever the table, the ledger and the landing zone hold."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ees_analytics.parameters.ingest import DailyCalendar, IngestRange, KnownDays, days_between
from ees_analytics.pipelines.ingest.nodes.plan import plan_days
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.slice import FetchedSlice, LandedSlice, LandingZone, QuarantinedSlice
from ees_analytics.slices.state import TableState

FIRST = dt.date(2026, 1, 1)
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
DAYS = days_between(FIRST, FIRST + dt.timedelta(days=40))
some_days = st.sets(st.sampled_from(DAYS))


def asked(run_date: dt.date, **more) -> IngestRange:
    return IngestRange(run_date=run_date, **more)


def zone(landed: set[str]) -> LandingZone:
    items = {day: LandedSlice(day, 1, "0" * 32, NOW, day) for day in landed}
    return LandingZone("t", items, read=lambda item: FetchedSlice(None, 1))


def entry(day: str, state: SliceState, rows: int | None) -> LedgerEntry:
    return LedgerEntry("t", day, state, "run", NOW, rows=rows)


@given(some_days, some_days, some_days, st.integers(0, 40), st.integers(0, 5), st.integers(0, 7))
def test_asks_for_exactly_what_is_missing(held, landed, empty, run, lag, restate):
    empty = empty - held
    state = TableState(
        "t", True, dict.fromkeys(held, 1), ledger={day: entry(day, SliceState.EMPTY, 0) for day in empty}
    )
    run_date = FIRST + dt.timedelta(days=run)
    plan = plan_days(
        state,
        zone(landed),
        DailyCalendar(first_day=FIRST, lag_days=lag, restate_days=restate),
        asked(run_date),
        KnownDays(),
    )
    due = DAYS[: max(0, run - lag + 1)]
    assert list(plan.expected) == due
    again = due[-restate:] if restate else []
    assert list(plan.fetch) == [day for day in due if day not in held | landed | empty or day in again]


def test_a_gap_in_the_middle_is_asked_for():
    held = dict.fromkeys(set(DAYS[:20]) - {DAYS[7]}, 1)
    plan = plan_days(
        TableState("t", True, held), zone(set()), DailyCalendar(first_day=FIRST, lag_days=2),
        asked(dt.date.fromisoformat(DAYS[21])), KnownDays(),
    )  # fmt: skip
    assert plan.fetch == (DAYS[7],)


@pytest.mark.parametrize(
    ("rows", "state", "recorded", "again"),
    [
        (5, SliceState.COMMITTED, 5, False),
        (5, SliceState.RESTATED, 5, False),
        (4, SliceState.COMMITTED, 5, True),
        (0, SliceState.COMMITTED, 5, True),
        (0, SliceState.EMPTY, 0, False),
        (3, SliceState.EMPTY, 0, True),
        (5, SliceState.QUARANTINED, None, False),
        (0, SliceState.QUARANTINED, None, True),
        (0, SliceState.LANDED, 5, True),
    ],
)
def test_table_and_ledger_must_agree(rows, state, recorded, again):
    day = DAYS[0]
    table = TableState("t", True, {day: rows} if rows else {}, ledger={day: entry(day, state, recorded)})
    plan = plan_days(
        table, zone(set()), DailyCalendar(first_day=FIRST, lag_days=0), asked(FIRST), KnownDays()
    )
    assert plan.fetch == ((day,) if again else ())


def test_first_day_is_the_later_of_source_and_run():
    calendar = DailyCalendar(first_day=FIRST, lag_days=0)
    plan = plan_days(
        TableState("t", False),
        zone(set()),
        calendar,
        asked(FIRST + dt.timedelta(days=3), first_day=DAYS[2]),
        KnownDays(),
    )
    assert plan.fetch == (DAYS[2], DAYS[3])
    plan = plan_days(
        TableState("t", False), zone(set()), calendar, asked(FIRST, first_day="2025-12-01"), KnownDays()
    )
    assert plan.fetch == (DAYS[0],)


def test_a_day_that_is_not_complete_cannot_be_asked_for_by_hand():
    with pytest.raises(ValueError, match="2026-01-03 is not complete yet"):
        plan_days(
            TableState("t", False), zone(set()), DailyCalendar(first_day=FIRST, lag_days=2),
            asked(dt.date(2026, 1, 4), **{"from": "2026-01-01", "to": "2026-01-03"}), KnownDays(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("given_range", "complaint"),
    [
        ({"from": "2026-01-01"}, "give both"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "is after"),
        ({"form": "x"}, "Extra"),
    ],
)
def test_a_wrong_range_is_refused(given_range, complaint):
    with pytest.raises(ValidationError, match=complaint):
        IngestRange(run_date=FIRST, **given_range)


def test_accepted_days_are_fetched_and_known_gaps_are_not():
    lost, gap = DAYS[3], DAYS[7]
    held = dict.fromkeys(set(DAYS[:20]) - {gap, DAYS[8]}, 5)
    known = KnownDays(
        accept_days=f"t:{lost} + other:{DAYS[4]}",
        accepted_by="ana",
        known_gaps=[{"table": "t", "from": DAYS[6], "to": gap, "reason": "lost"}],
    )
    run = asked(dt.date.fromisoformat(DAYS[21]))
    calendar = DailyCalendar(first_day=FIRST, lag_days=2)
    plan = plan_days(TableState("t", True, held), zone({lost}), calendar, run, known)
    assert plan.fetch == (lost, DAYS[8])
    assert (plan.accepted, plan.known_gaps, plan.landed_rows) == ({lost: "ana"}, {gap: "lost"}, {lost: 1})
    assert gap not in plan.expected
    with pytest.raises(ValueError, match=f"{DAYS[20]} is not complete yet"):
        plan_days(
            TableState("t", True, held), zone(set()), calendar, run, KnownDays(accept_days=f"t:{DAYS[20]}")
        )


def test_a_day_known_as_empty_is_asked_for_again_where_another_report_has_it():
    day, calendar, run = DAYS[0], DailyCalendar(first_day=FIRST, lag_days=0), asked(FIRST)
    item = LandedSlice(day, 0, "0" * 32, NOW, day)
    landing = LandingZone("t", {day: item}, read=lambda item: FetchedSlice(None, 0))
    table = TableState(
        "t", True, ledger={day: entry(day, SliceState.EMPTY, 0)}, sibling_days=lambda: {day: "s"}
    )
    assert plan_days(table, landing, calendar, run, KnownDays()).fetch == (day,)
    declared = KnownDays(known_empty=[{"table": "t", "from": day, "to": day, "reason": "outage"}])
    assert plan_days(table, landing, calendar, run, declared).fetch == ()


def test_a_day_whose_emptiness_a_later_failure_doubts_is_asked_for_again():
    day, calendar, run = DAYS[0], DailyCalendar(first_day=FIRST, lag_days=0), asked(FIRST)
    landed = {day: LandedSlice(day, 0, "0" * 32, NOW, day)}
    failed = {day: QuarantinedSlice(day, NOW + dt.timedelta(days=1), day)}
    landing = LandingZone("t", landed, failed, read=lambda item: FetchedSlice(None, 0))
    table = TableState("t", True, ledger={day: entry(day, SliceState.QUARANTINED, None)})
    assert plan_days(table, landing, calendar, run, KnownDays()).fetch == (day,)
