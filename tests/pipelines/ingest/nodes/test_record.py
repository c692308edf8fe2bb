"""What a run says of days that were not ingested."""

from __future__ import annotations

import datetime as dt
import logging

import pytest

from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.pipelines.ingest.nodes.record import (
    IngestIncomplete,
    check_days,
    compare_reports,
    record_slices,
)
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.slice import Flags, IngestPlan, LandedSlice, LandingZone, QuarantinedSlice
from ees_analytics.slices.state import TableState

TABLE = "ees_ga4_page"
CALENDAR = DailyCalendar(first_day=dt.date(2026, 6, 1), lag_days=2)
RUN = IngestRange(run_date=dt.date(2026, 6, 12))


def check(days: tuple[str, ...], reasons: dict[str, str], unpublished: tuple[str, ...] = ()):
    now = dt.datetime(2026, 6, 12, tzinfo=dt.UTC)
    aside = {day: QuarantinedSlice(day, now, "") for day in reasons}
    landing = LandingZone(
        TABLE, quarantined=aside, reason=lambda item: reasons[item.slice], unpublished=frozenset(unpublished)
    )
    state = TableState(TABLE, exists=True)
    return check_days(None, IngestPlan(TABLE, days, days), landing, state, CALENDAR, RUN)


def test_days_of_one_reason_are_named_together():
    days = ("2026-06-01", "2026-06-02", "2026-06-03", "2026-06-05", "2026-06-06")
    reasons = dict.fromkeys(days[:2], "there are no credentials.") | {"2026-06-05": "other rows"}
    with pytest.raises(IngestIncomplete) as raised:
        check(days, reasons)
    assert str(raised.value) == (
        "ees_ga4_page: 5 day(s) were not ingested. "
        "2026-06-03, 2026-06-06: not requested, as the run stopped; "
        "2026-06-01 to 2026-06-02: there are no credentials; 2026-06-05: other rows."
    )


def test_days_that_are_not_published_yet_are_waited_for():
    young = ("2026-06-09", "2026-06-10")
    assert check(young, {}, unpublished=young)["missing"] == ["2026-06-09", "2026-06-10"]


def test_after_a_stop_the_days_that_were_not_requested_are_missing_too():
    days = tuple(f"2026-06-{day:02}" for day in range(2, 11))
    quota = dict.fromkeys(days[:3], "a quota is used up")
    with pytest.raises(
        IngestIncomplete, match=r"9 day\(s\) were not ingested. 2026-06-05 to 2026-06-10: .* 2026-06-02 to"
    ):
        check(days, quota)


def test_a_day_that_failed_before_and_is_not_published_now_is_waited_for():
    day = ("2026-06-10",)
    assert check(day, {day[0]: "a quota was used up"}, unpublished=day)["missing"] == list(day)


NOW = dt.datetime(2026, 6, 12, tzinfo=dt.UTC)
DAY = "2026-06-01"


def recorded(rows, landed=None, latest=None):
    """State, rows and digest of the entry for a day with ``rows`` rows in the table; None where there is none.

    ``landed`` is rows and digest of its landed file, ``latest`` state, rows and digest in the ledger.
    """
    files = {DAY: LandedSlice(DAY, *landed, NOW, "")} if landed else {}
    ledger = (
        {DAY: LedgerEntry(TABLE, DAY, latest[0], "earlier", NOW, latest[1], digest=latest[2])}
        if latest
        else {}
    )
    described = {"expected_rows": 7, "flags": vars(Flags(sampled=True))}
    landing = LandingZone(TABLE, files, describe=lambda _: described)
    state = TableState(TABLE, exists=True, slices={DAY: rows} if rows else {}, ledger=ledger)
    entries = record_slices(None, IngestPlan(TABLE, (DAY,), ()), landing, state, "run")
    assert all(entry.run_id == "run" and entry.slice == DAY for entry in entries)
    return [(entry.state, entry.rows, entry.digest) for entry in entries]


COMMITTED, RESTATED = SliceState.COMMITTED, SliceState.RESTATED
EMPTY, LANDED = SliceState.EMPTY, SliceState.LANDED


@pytest.mark.parametrize(
    ("rows", "landed", "latest", "expected"),
    [
        (3, (3, "a"), None, [(COMMITTED, 3, "a")]),
        (3, (3, "a"), (LANDED, 3, "a"), [(COMMITTED, 3, "a")]),
        (3, (3, "a"), (COMMITTED, 3, "a"), []),
        (3, (3, "b"), (COMMITTED, 3, "a"), [(RESTATED, 3, "b")]),
        (3, (3, "b"), (RESTATED, 3, "b"), []),
        (3, (3, "a"), (EMPTY, 0, "e"), [(COMMITTED, 3, "a")]),
        (3, (3, "a"), (COMMITTED, 3, None), []),  # adopted before it was landed
        (3, None, None, [(COMMITTED, 3, None)]),  # adopted
        (3, None, (COMMITTED, 3, None), []),
        (4, None, (COMMITTED, 3, None), [(COMMITTED, 4, None)]),
        (4, (3, "a"), (COMMITTED, 3, "a"), [(COMMITTED, 4, None)]),
        (0, (0, "e"), None, [(EMPTY, 0, "e")]),
        (0, (0, "e"), (EMPTY, 0, "e"), []),
        (0, (3, "a"), (EMPTY, 0, "e"), [(LANDED, 3, "a")]),
        (0, (3, "a"), (LANDED, 3, "a"), []),
        (0, None, None, []),
        (9, None, (COMMITTED, 66, "a"), []),  # a loss is not adopted
        (9, (66, "a"), (COMMITTED, 66, "a"), []),
        (0, (0, "e"), (COMMITTED, 66, None), []),  # the file is older than the rows
        (9, (9, "b"), (COMMITTED, 66, "a"), [(RESTATED, 9, "b")]),
    ],
)
def test_the_ledger_gets_what_it_lacks(rows, landed, latest, expected):
    assert recorded(rows, landed, latest) == expected


def test_entries_count_up_whatever_the_clock_does():
    """A failure is recorded once, also where the ledger's newest entry is of a later hour."""
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    committed = LedgerEntry(TABLE, DAY, COMMITTED, "earlier", tomorrow, 3, digest="a", landed_at=tomorrow)
    failed = QuarantinedSlice(DAY, tomorrow + dt.timedelta(microseconds=1), "")
    landing = LandingZone(TABLE, quarantined={DAY: failed}, reason=lambda _: "a key twice")
    plan, history = IngestPlan(TABLE, (DAY,), ()), [committed]
    for expected in (SliceState.QUARANTINED, COMMITTED, None, None):
        state = TableState(TABLE, True, {DAY: 3}, ledger={DAY: history[-1]}, history={DAY: history})
        new = record_slices(None, plan, landing, state, "run")
        assert [entry.state for entry in new] == ([expected] if expected else [])
        assert all(entry.recorded_at > history[-1].recorded_at for entry in new)
        history = [*history, *new]


def test_a_day_is_not_recorded_as_empty_after_a_failure_that_doubts_it():
    later = NOW + dt.timedelta(days=1)
    doubted = LedgerEntry(TABLE, DAY, SliceState.QUARANTINED, "earlier", later, landed_at=later)
    landing = LandingZone(
        TABLE, {DAY: LandedSlice(DAY, 0, "e", NOW, "")}, {DAY: QuarantinedSlice(DAY, later, "")}
    )
    state = TableState(TABLE, True, ledger={DAY: doubted})
    assert record_slices(None, IngestPlan(TABLE, (DAY,), ()), landing, state, "run") == []


def test_flags_of_the_source_are_logged(caplog):
    with caplog.at_level(logging.INFO):
        recorded(3, (3, "a"))
    assert "1 slice(s) committed, 3 rows (2026-06-01)" in caplog.text
    assert "2026-06-01: the source sampled its data" in caplog.text


def test_reports_of_a_source_must_not_contradict_each_other():
    page = {"table": "ees_ga4_page", "held": ["2026-06-01", "2026-06-02"], "empty": []}
    summary = {"table": "ees_ga4_service_summary", "held": ["2026-06-02"], "empty": ["2026-06-03"]}
    compare_reports(page, summary)
    with pytest.raises(
        IngestIncomplete, match="service_summary: no rows on 2026-06-01, though ees_ga4_page has some"
    ):
        compare_reports(page, summary | {"empty": ["2026-06-01"]})


def test_days_known_as_empty_are_named_unless_accepted_or_declared():
    entries = {
        day: LedgerEntry(TABLE, day, EMPTY, "run", NOW, 0, reason=reason)
        for day, reason in {
            "2026-06-01": None,
            "2026-06-02": "accepted by ana: 66",
            "2026-06-03": None,
        }.items()
    }
    plan = IngestPlan(TABLE, (), (), known_empty={"2026-06-03": "outage"})
    found = check_days(None, plan, LandingZone(TABLE), TableState(TABLE, True, ledger=entries), CALENDAR, RUN)
    assert found["empty"] == ["2026-06-01"]
