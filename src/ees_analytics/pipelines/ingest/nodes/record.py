"""What was ingested: recorded in the ledger and the log, and checked."""

import datetime as dt
import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ees_analytics.console.text import date_ranges, few_ranges, values_by_key
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.slices.errors import IngestIncomplete
from ees_analytics.slices.ledger import ADOPTED, LedgerEntry, SliceState
from ees_analytics.slices.slice import DamagedLanding, Flags, IngestPlan, LandedSlice, LandingZone
from ees_analytics.slices.state import TableState

logger = logging.getLogger(__name__)

_MAX_REASONS = 10


def record_slices(
    _loaded: Any, plan: IngestPlan, landing: LandingZone, state: TableState, run_id: str
) -> list[LedgerEntry]:
    """Compare table, landing zone and ledger after the load, and return the ledger entries that are missing.

    The first argument only makes the node wait for the load. A run with nothing new returns no entries; a ledger
    that was lost is rebuilt.
    """
    now = dt.datetime.now(dt.UTC)
    known = {*plan.expected, *state.slices, *landing.quarantined}
    entries = [entry for name in sorted(known) if (entry := _entry(name, plan, landing, state, run_id, now))]
    for line in _summary(entries):
        logger.info("%s: %s", plan.table, line)
    return entries


def check_days(
    _recorded: Any,
    plan: IngestPlan,
    landing: LandingZone,
    state: TableState,
    calendar: DailyCalendar,
    ingest_range: IngestRange,
) -> Mapping[str, Any]:
    """Make sure that every expected day is committed or known empty, and that no fetched day was set aside.

    Returns:
        For the run report: ``table``, ``newest`` day, days ``missing`` because they are not published yet, missing days
        that the source will soon delete (``expiring``), and those that it has deleted (``expired``). For
        ``compare_reports``: the days ``held``, and those that count as ``empty`` by a control.

    Raises:
        IngestIncomplete: Names the other days, each with its reason.
    """
    oldest = calendar.oldest_day(ingest_range.run_date)
    missing = [day for day in plan.expected if not state.is_settled(day)]
    unpublished = [day for day in missing if day in landing.unpublished]
    soon = str(oldest + dt.timedelta(days=calendar.expiry_warning_days)) if oldest else ""
    expiring = [day for day in missing if day < soon]
    for days, level, text in (
        (unpublished, logging.INFO, "are not published yet, a later run fetches them"),
        (plan.expired, logging.WARNING, "are missing for good, the source no longer has them"),
        (expiring, logging.WARNING, "are about to be lost, the source will soon delete them"),
    ):
        if days:
            logger.log(
                level, "%s: %d day(s) %s: %s.", plan.table, len(days), text, ", ".join(date_ranges(days))
            )
    refused = [day for day in plan.fetch if day in landing.quarantined and day not in landing.unpublished]
    if lost := sorted({*missing, *refused} - {*unpublished}):
        raise IngestIncomplete(_complaint(plan.table, lost, landing))
    return {
        "table": plan.table,
        "newest": max(state.slices, default=None),
        "missing": unpublished,
        "expiring": expiring,
        "expired": list(plan.expired),
        "held": list(state.slices),
        "empty": sorted(state.proven_empty_days() - plan.known_empty.keys()),
    }


def compare_reports(*outcomes: Mapping[str, Any]) -> None:
    """Raise ``IngestIncomplete`` if a report has rows of a day that another one counts as empty (see ``check_days``)."""
    held = {day: outcome["table"] for outcome in outcomes for day in outcome["held"]}
    wrong = {outcome["table"]: sorted(held.keys() & set(outcome["empty"])) for outcome in outcomes}
    if found := [
        f"{table}: no rows on {', '.join(date_ranges(days))}, though {held[days[0]]} has some"
        for table, days in wrong.items()
        if days
    ]:
        raise IngestIncomplete(
            f"{'; '.join(found)}. The next run fetches these days again. If the source is right, accept them: "
            "kedro run --pipelines ingest --params accept_days=<table>:<day>"
        )


def _entry(
    name: str, plan: IngestPlan, landing: LandingZone, state: TableState, run_id: str, now: dt.datetime
) -> LedgerEntry | None:
    """The new ledger entry of a slice; None where the latest one is still true, or knows rows that the table lost."""
    latest, landed, failed = state.ledger.get(name), landing.landed.get(name), landing.quarantined.get(name)
    landed = landed and state.as_loaded(landed, landing)
    # Entries and files are in the order of numbers that count up, whatever the clock does.
    moment = max(now, latest.recorded_at + dt.timedelta(microseconds=1)) if latest else now
    entry = partial(LedgerEntry, table=state.table, slice=name, run_id=run_id, recorded_at=moment)
    if failed and failed.quarantined_at not in state.recorded_files(name):
        reason = landing.reason(failed)
        return entry(state=SliceState.QUARANTINED, reason=reason, landed_at=failed.quarantined_at)
    if failed and landed and not landed.rows:
        landed = None  # the failure doubts that the slice is empty
    rows = state.slices.get(name, 0)
    now_in = _state_of(rows, landed, state.last_settled(name))
    is_accepted = name in plan.accepted and landed is not None and landed.rows == rows
    described = _describe(landed, landing) if landed and is_accepted else {}
    if now_in is None or (_is_recorded(now_in, rows, landed, latest) and not described.get("reason")):
        return None
    is_fewer = rows < state.recorded_rows(name)
    if landed is None or (rows and landed.rows != rows):
        reason = f"{ADOPTED}the table held it without a landed file"
        return None if is_fewer else entry(state=now_in, rows=rows, reason=reason)
    described = described or _describe(landed, landing)
    if is_fewer and not rows and not described["reason"]:
        return None  # the file without rows is older than the rows that were lost
    return entry(
        state=now_in, rows=landed.rows, digest=landed.digest, landed_at=landed.landed_at, **described
    )


def _describe(landed: LandedSlice, landing: LandingZone) -> dict[str, Any]:
    """The fields of an entry that a landed file describes; its reason is who accepted it, or why it cannot be read."""
    try:
        description = landing.describe(landed)
        reason = description.get("metadata", {}).get("accepted")
        return {"expected_rows": description["expected_rows"], "reason": reason, **description["flags"]}
    except DamagedLanding as error:
        return {"reason": str(error)}


def _state_of(rows: int, landed: LandedSlice | None, settled: LedgerEntry | None) -> SliceState | None:
    """The state of a slice with this many rows in the table; None where nothing is known of it."""
    if rows:
        was_there = settled is not None and settled.state is not SliceState.EMPTY
        changed = bool(landed and settled and settled.digest and settled.digest != landed.digest)
        return SliceState.RESTATED if was_there and changed else SliceState.COMMITTED
    if landed is None:
        return None
    return SliceState.LANDED if landed.rows else SliceState.EMPTY


def _is_recorded(
    state: SliceState, rows: int, landed: LandedSlice | None, latest: LedgerEntry | None
) -> bool:
    if latest is None:
        return False
    if state is SliceState.COMMITTED:
        return latest.state.is_settled and latest.rows == rows
    return latest.state is state and latest.digest == (landed.digest if landed else None)


def _summary(entries: Sequence[LedgerEntry]) -> Iterator[str]:
    if not entries:
        yield "up to date."
    by_state = values_by_key(("adopted" if entry.is_adopted else entry.state, entry) for entry in entries)
    for state in filter(by_state.get, (*SliceState, "adopted")):
        rows = sum(entry.rows or 0 for entry in by_state[state])
        names = few_ranges(entry.slice for entry in by_state[state])
        yield f"{len(by_state[state])} slice(s) {state}, {rows:,} rows ({names})"
    for entry in entries:
        if flags := [text for flag, text in Flags.MEANINGS.items() if getattr(entry, flag)]:
            yield f"{entry.slice}: {', '.join(flags)}"


def _complaint(table: str, lost: Sequence[str], landing: LandingZone) -> str:
    failed = {
        day: landing.reason(item).rstrip(".") for day, item in landing.quarantined.items() if day in lost
    }
    reasons = values_by_key(
        (failed.get(day, "not requested, as the run stopped"), day)
        for day in sorted(lost, key=failed.__contains__)
    )
    phrases = [f"{', '.join(date_ranges(days))}: {reason}" for reason, days in reasons.items()]
    more = f" (and {len(phrases) - _MAX_REASONS} more reasons)" if len(phrases) > _MAX_REASONS else ""
    # A terminal shows the beginning and the end: a reason ends with what to do.
    return f"{table}: {len(lost)} day(s) were not ingested. {'; '.join(phrases[:_MAX_REASONS])}{more}."
