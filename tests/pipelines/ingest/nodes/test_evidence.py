"""Which empty and thin responses are believed, and which contradict what is known of a day."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from ees_analytics.parameters.ingest import DailyCalendar, days_between
from ees_analytics.pipelines.ingest.nodes.evidence import confirm_empty, known_rows, refuse_fewer
from ees_analytics.slices.errors import NotYetPublished, SourceError
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.slice import IngestPlan
from ees_analytics.slices.state import TableState
from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.errors import UnstableSnapshot

TABLE, DAY, FIRST = "ees_ga4_page", "2026-05-17", "2026-03-01"
RUN_DATE = dt.date(2026, 6, 30)
CALENDAR = DailyCalendar(first_day=FIRST, lag_days=2)
NOW = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)


class Control:
    """Days that the source has, and the ranges that were requested."""

    def __init__(self, *days: str) -> None:
        self.days, self.requests = set(days), []

    def __call__(self, first: str, last: str) -> set[str]:
        self.requests.append((first, last))
        return {day for day in self.days if first <= day <= last}


def state(held=(), ledger=None, siblings=None) -> TableState:
    entries = {
        day: LedgerEntry(TABLE, day, SliceState.COMMITTED, "run", NOW, rows)
        for day, rows in (ledger or {}).items()
    }
    return TableState(
        TABLE, True, dict.fromkeys(held, 66), ledger=entries, sibling_days=lambda: siblings or {}
    )


def believe(control, day=DAY, run_date=RUN_DATE, known=None, calendar=CALENDAR, **plan):
    response = DayResponse(pa.table({"pagePath": pa.array([], pa.string())}), {}, {}, control=control)
    plan = IngestPlan(TABLE, (day,), (day,), **plan)
    confirm_empty(response, day, plan, known or state(), calendar, run_date)


def test_neighbours_on_both_sides_prove_a_day_empty_in_one_request():
    control = Control("2026-05-14", "2026-05-20")
    believe(control)
    assert control.requests == [("2026-05-14", "2026-05-20")]


@pytest.mark.parametrize("days", [(), ("2026-05-16",), ("2026-05-18",), ("2026-05-13", "2026-05-21")])
def test_a_side_without_rows_proves_nothing(days):
    with pytest.raises(SourceError, match="none on the days around it.* known_empty"):
        believe(Control(*days))


def test_a_control_with_rows_of_the_day_contradicts():
    with pytest.raises(UnstableSnapshot, match="the date alone has some"):
        believe(Control(*days_between(dt.date(2026, 5, 14), dt.date(2026, 5, 20))))


def test_beyond_the_neighbours_the_nearest_known_day_within_60_days_counts():
    outage = state(held=("2026-04-01", "2026-04-30"), ledger={"2026-06-10": 3})
    control = Control("2026-04-30", "2026-06-10")
    believe(control, known=outage)
    assert control.requests == [("2026-04-30", "2026-06-10")]
    with pytest.raises(SourceError, match="known_empty"):
        believe(Control("2026-04-01", "2026-06-10"), known=outage)
    far = state(held=("2026-03-17", "2026-05-18"))
    with pytest.raises(SourceError, match="known_empty"):
        believe(Control("2026-03-17", "2026-05-18"), known=far)


def test_at_an_end_of_the_history_one_side_is_enough():
    believe(Control("2026-03-02"), day=FIRST)
    calendar = DailyCalendar(first_day=FIRST, lag_days=4)
    believe(Control("2026-06-25"), day="2026-06-26", calendar=calendar)
    single = DailyCalendar(first_day="2026-06-26", lag_days=4)
    with pytest.raises(SourceError, match="known_empty"):
        believe(Control(), day="2026-06-26", calendar=single)
    forgotten = DailyCalendar(first_day="2025-01-01", lag_days=4, history_months=1)
    believe(Control("2026-05-31"), day="2026-05-30", calendar=forgotten)


def test_a_recording_without_control_proves_nothing():
    with pytest.raises(SourceError, match="no control"):
        believe(None)


def test_a_recent_day_is_waited_for_without_a_request():
    with pytest.raises(NotYetPublished):
        believe(None, day="2026-06-27")


@pytest.mark.parametrize("known", [{"held": [DAY]}, {"ledger": {DAY: 66}}])
@pytest.mark.parametrize("day_is_declared", [True, False])
def test_a_day_with_known_rows_is_never_empty(known, day_is_declared):
    declared = {DAY: "outage"} if day_is_declared else {}
    with pytest.raises(SourceError, match="has 0 rows, the (table|ledger) 66"):
        believe(Control("2026-05-16", "2026-05-18"), known=state(**known), known_empty=declared)


def test_a_day_that_another_report_has_is_not_empty():
    with pytest.raises(SourceError, match="ees_ga4_events has rows of that day"):
        believe(Control("2026-05-16", "2026-05-18"), known=state(siblings={DAY: "ees_ga4_events"}))


def test_a_person_may_declare_a_day_empty_or_accept_it():
    siblings = state(siblings={DAY: "ees_ga4_events"})
    believe(None, known=siblings, known_empty={DAY: "the tag was missing"})
    believe(None, known=state(held=[DAY]), accepted={DAY: "ana"})


def test_a_day_that_was_accepted_as_empty_stays_so():
    entry = LedgerEntry(
        TABLE, DAY, SliceState.EMPTY, "run", NOW, 0, reason="accepted by ana: the source has 0 rows"
    )
    accepted = TableState(TABLE, True, ledger={DAY: entry}, sibling_days=lambda: {DAY: "ees_ga4_events"})
    believe(None, known=accepted)
    assert accepted.contradicted_days() == set()


ROWS = pa.table({"x": [1.0] * 60})


@pytest.mark.parametrize(
    ("plan", "known", "where"),
    [
        ({}, {"held": [DAY]}, "the table 66"),
        ({}, {"ledger": {DAY: 80}, "held": [DAY]}, "the ledger 80"),
        ({"landed_rows": {DAY: 90}}, {"ledger": {DAY: 80}}, "the landing zone 90"),
    ],
)
def test_fewer_rows_than_the_most_that_is_known_are_refused(plan, known, where):
    most = known_rows(DAY, IngestPlan(TABLE, (DAY,), (DAY,), **plan), state(**known))
    with pytest.raises(SourceError, match=f"has 9 rows, {where}: more than 10% fewer.*restore.*accept_days"):
        refuse_fewer(ROWS[:9], most, 0.1)
    with pytest.raises(SourceError, match="has 0 rows"):
        refuse_fewer(ROWS[:0], most, 1.0)
    refuse_fewer(ROWS[:9], most, 1.0)


def test_a_failure_does_not_hide_what_the_ledger_knew():
    committed = LedgerEntry(TABLE, DAY, SliceState.COMMITTED, "run", NOW, 66)
    failed = LedgerEntry(TABLE, DAY, SliceState.QUARANTINED, "run", NOW)
    table = TableState(TABLE, True, {DAY: 9}, ledger={DAY: failed}, history={DAY: [committed, failed]})
    assert table.recorded_rows(DAY) == 66
    assert not table.is_settled(DAY), "partly lost, while an older failure is open"


def test_a_slight_loss_is_believed():
    refuse_fewer(ROWS, (66, "the table"), 0.1)
