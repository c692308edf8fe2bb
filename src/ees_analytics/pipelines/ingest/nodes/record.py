"""What was ingested: recorded in the ledger and the log, and checked."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ees_analytics.console.text import date_ranges, few, iso_day, values_by_key
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.slices.errors import IngestIncomplete
from ees_analytics.slices.landing_zone import DamagedLanding, LandingZone
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.slice import Flags, LandedSlice
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
    entries = [entry for name in sorted(known) if (entry := _entry(name, landing, state, run_id, now))]
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
        that the source will soon delete (``expiring``), and those that it has deleted (``expired``).

    Raises:
        IngestIncomplete: Names the other days, each with its reason.
    """
    missing = [day for day in plan.expected if not state.is_settled(day)]
    expiring = _expiring(missing, calendar, ingest_range)
    _warn_of_expiry(plan, expiring)
    unpublished = [
        day
        for day in missing
        if not calendar.empty_is_final(day, ingest_range.run_date) and day not in landing.quarantined
    ]
    if unpublished:
        logger.info("%s: %s not published yet; a later run fetches them.", plan.table, ", ".join(unpublished))
    refused = [day for day in plan.fetch if day in landing.quarantined]
    lost = sorted({*missing, *refused} - {*unpublished})
    if lost:
        raise IngestIncomplete(_complaint(plan.table, lost, landing))
    return {
        "table": plan.table,
        "newest": max(state.slices, default=None),
        "missing": unpublished,
        "expiring": expiring,
        "expired": list(plan.expired),
    }


def _expiring(missing: Sequence[str], calendar: DailyCalendar, ingest_range: IngestRange) -> list[str]:
    """The missing days that the source will soon delete."""
    oldest = calendar.oldest_day(ingest_range.run_date)
    if oldest is None:
        return []
    return [day for day in missing if day < str(oldest + dt.timedelta(days=calendar.expiry_warning_days))]


def _warn_of_expiry(plan: IngestPlan, expiring: Sequence[str]) -> None:
    for days, loss in (
        (plan.expired, "are missing for good, the source no longer has them"),
        (expiring, "are about to be lost, the source will soon delete them"),
    ):
        if days:
            ranges = ", ".join(date_ranges(days))
            logger.warning("%s: %d day(s) %s: %s.", plan.table, len(days), loss, ranges)


def _entry(
    name: str, landing: LandingZone, state: TableState, run_id: str, now: dt.datetime
) -> LedgerEntry | None:
    """The new ledger entry of a slice; None where the latest one is still true."""
    latest, landed, failed = state.ledger.get(name), landing.landed.get(name), landing.quarantined.get(name)
    entry = partial(LedgerEntry, table=state.table, slice=name, run_id=run_id, recorded_at=now)
    if failed and (latest is None or latest.recorded_at < failed.quarantined_at):
        reason = landing.reason(failed)
        return entry(state=SliceState.QUARANTINED, reason=reason, landed_at=failed.quarantined_at)
    rows = state.slices.get(name, 0)
    now_in = _state_of(rows, landed, latest)
    if now_in is None or _is_recorded(now_in, rows, landed, latest):
        return None
    if landed is None or (rows and landed.rows != rows):
        return entry(state=now_in, rows=rows, reason="adopted: the table held it without a landed file")
    return entry(
        state=now_in, rows=landed.rows, digest=landed.digest, landed_at=landed.landed_at,
        **_description(landed, landing),
    )  # fmt: skip


def _state_of(rows: int, landed: LandedSlice | None, latest: LedgerEntry | None) -> SliceState | None:
    """The state of a slice with this many rows in the table; None where nothing is known of it."""
    if rows:
        was_there = latest is not None and latest.state in (SliceState.COMMITTED, SliceState.RESTATED)
        changed = bool(landed and latest and latest.digest and latest.digest != landed.digest)
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


def _description(landed: LandedSlice, landing: LandingZone) -> dict[str, Any]:
    try:
        description = landing.describe(landed)
    except DamagedLanding as error:
        return {"reason": str(error)}
    return {"expected_rows": description["expected_rows"], **description["flags"]}


def _summary(entries: Sequence[LedgerEntry]) -> Iterator[str]:
    if not entries:
        yield "up to date."
    by_state = values_by_key((entry.state, entry) for entry in entries)
    for state in filter(by_state.get, SliceState):
        rows = sum(entry.rows or 0 for entry in by_state[state])
        names = _named([entry.slice for entry in by_state[state]])
        yield f"{len(by_state[state])} slice(s) {state}, {rows:,} rows ({names})"
    for entry in entries:
        if flags := [text for flag, text in Flags.MEANINGS.items() if getattr(entry, flag)]:
            yield f"{entry.slice}: {', '.join(flags)}"


def _named(slices: Sequence[str]) -> str:
    return ", ".join(date_ranges(slices)) if all(map(iso_day, slices)) else few(slices, 3)


def _complaint(table: str, lost: Sequence[str], landing: LandingZone) -> str:
    days = values_by_key((_reason(day, landing), day) for day in lost)
    reasons = [f"{_named(some)}: {reason}" for reason, some in list(days.items())[:_MAX_REASONS]]
    more = f" (and {len(days) - _MAX_REASONS} more reasons)" if len(days) > _MAX_REASONS else ""
    return (
        f"{table}: {len(lost)} day(s) were not ingested. {'; '.join(reasons)}{more}. All other days are safe. "
        "The next run fetches them again."
    )


def _reason(day: str, landing: LandingZone) -> str:
    failed = landing.quarantined.get(day)
    return landing.reason(failed).rstrip(".") if failed else "not fetched"
