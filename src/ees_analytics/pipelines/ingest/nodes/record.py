"""What happened, for the ledger, the log and the exit code."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ees_analytics.console.text import date_ranges, few, iso_day
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.pipelines.ingest.nodes.plan import is_settled
from ees_analytics.slices.errors import IngestIncomplete
from ees_analytics.slices.landing_zone import DamagedLanding, LandingZone
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.slice import LandedSlice
from ees_analytics.slices.state import TableState

logger = logging.getLogger(__name__)


def record_slices(
    _loaded: Any, plan: IngestPlan, landing: LandingZone, state: TableState, run_id: str
) -> list[LedgerEntry]:
    """The ledger rows that are missing: compares table, landing zone and ledger as they are after the load.

    The first argument only makes the node wait for the load. Nothing is returned for what the ledger knows, so
    a run with nothing new writes nothing; a ledger that was lost is written anew.
    """
    now = dt.datetime.now(dt.UTC)
    known = {*plan.expected, *state.slices, *landing.quarantined}
    entries = [entry for name in sorted(known) if (entry := _entry(name, landing, state, run_id, now))]
    _tell(plan.table, entries)
    return entries


def check_days(
    _recorded: Any,
    plan: IngestPlan,
    landing: LandingZone,
    state: TableState,
    calendar: DailyCalendar,
    asked: IngestRange,
) -> Mapping[str, Any]:
    """Make sure that every expected day is committed or known empty, and that no day asked for was set aside.

    Returns:
        What the run report tells: table, newest day, days that are missing, those of them that the source is about to
        forget, and those that it has forgotten.

    Raises:
        IngestIncomplete: Names the days that are not, each with its reason.
    """
    missing = [day for day in plan.expected if not is_settled(day, state)]
    expiring = _expiring(missing, calendar, asked)
    _warn_of_expiry(plan, expiring)
    believed = asked.run_date - dt.timedelta(days=calendar.believe_empty_days)
    young = [day for day in missing if day > believed.isoformat() and day not in landing.quarantined]
    if young:
        logger.info("%s: %s not published yet; a later run asks again.", plan.table, ", ".join(young))
    refused = [day for day in plan.fetch if day in landing.quarantined]
    lost = sorted({*missing, *refused} - {*young})
    if lost:
        raise IngestIncomplete(_complaint(plan.table, lost, landing))
    return {
        "table": plan.table,
        "newest": max(state.slices, default=None),
        "missing": young,
        "expiring": expiring,
        "expired": list(plan.expired),
    }


def _expiring(missing: Sequence[str], calendar: DailyCalendar, asked: IngestRange) -> list[str]:
    """The missing days that the source forgets soon."""
    oldest = calendar.oldest_day(asked.run_date)
    if oldest is None:
        return []
    return [day for day in missing if day < str(oldest + dt.timedelta(days=calendar.expiry_warning_days))]


def _warn_of_expiry(plan: IngestPlan, expiring: Sequence[str]) -> None:
    if plan.expired:
        logger.warning(
            "%s: %d day(s) are missing for good, the source no longer has them: %s.",
            plan.table, len(plan.expired), ", ".join(date_ranges(plan.expired)),
        )  # fmt: skip
    if expiring:
        logger.warning(
            "%s: %d missing day(s) are about to be lost, the source soon forgets them: %s.",
            plan.table, len(expiring), ", ".join(date_ranges(expiring)),
        )  # fmt: skip


def _entry(
    name: str, landing: LandingZone, state: TableState, run_id: str, now: dt.datetime
) -> LedgerEntry | None:
    latest, landed = state.ledger.get(name), landing.landed.get(name)
    aside = landing.quarantined.get(name)
    if aside and (latest is None or latest.recorded_at < aside.quarantined_at):
        return LedgerEntry(
            state.table, name, SliceState.QUARANTINED, run_id, now,
            reason=landing.reason(aside), landed_at=aside.quarantined_at,
        )  # fmt: skip
    rows = state.slices.get(name, 0)
    fact = _fact(rows, landed, latest)
    if fact is None or _says_the_same(latest, fact, rows, landed):
        return None
    if landed is None or (rows and landed.rows != rows):
        return LedgerEntry(
            state.table,
            name,
            fact,
            run_id,
            now,
            rows=rows,
            reason="adopted: the table held it without a landed file",
        )
    return LedgerEntry(
        state.table, name, fact, run_id, now,
        rows=landed.rows, digest=landed.digest, landed_at=landed.landed_at, **_notes(landed, landing),
    )  # fmt: skip


def _fact(rows: int, landed: LandedSlice | None, latest: LedgerEntry | None) -> SliceState | None:
    """What is true of a slice now; None where nothing is known of it."""
    if rows:
        was_there = latest is not None and latest.state in (SliceState.COMMITTED, SliceState.RESTATED)
        changed = bool(landed and latest and latest.digest and latest.digest != landed.digest)
        return SliceState.RESTATED if was_there and changed else SliceState.COMMITTED
    if landed is None:
        return None
    return SliceState.LANDED if landed.rows else SliceState.EMPTY


def _says_the_same(
    latest: LedgerEntry | None, fact: SliceState, rows: int, landed: LandedSlice | None
) -> bool:
    if latest is None:
        return False
    if rows and fact is not SliceState.RESTATED:
        same_digest = landed is None or landed.rows != rows or latest.digest in (None, landed.digest)
        return latest.state.is_settled and latest.rows == rows and same_digest
    return latest.state is fact and latest.digest == (landed.digest if landed else None)


def _notes(landed: LandedSlice, landing: LandingZone) -> dict[str, Any]:
    try:
        description = landing.describe(landed)
    except DamagedLanding as error:
        return {"reason": str(error)}
    return {"expected_rows": description["expected_rows"], **description["flags"]}


def _tell(table: str, entries: Sequence[LedgerEntry]) -> None:
    if not entries:
        logger.info("%s: up to date.", table)
    for line in _stories(entries):
        logger.info("%s: %s", table, line)


def _stories(entries: Sequence[LedgerEntry]) -> Iterator[str]:
    for state in SliceState:
        some = [entry for entry in entries if entry.state is state]
        if not some:
            continue
        rows = sum(entry.rows or 0 for entry in some)
        yield f"{len(some)} slice(s) {state}, {rows:,} rows ({_named([entry.slice for entry in some])})"
        flagged = [
            entry for entry in some if entry.sampled or entry.thresholded or entry.other_row or entry.capped
        ]
        for entry in flagged:
            yield f"{entry.slice} is odd: {_oddities(entry)}"


def _oddities(entry: LedgerEntry) -> str:
    names = {
        "sampled": "the source sampled its data",
        "thresholded": "rows below the privacy threshold are missing",
        "other_row": 'rare values are folded into "(other)"',
        "truncated": "the tail is cut",
        "capped": "the source's row limit is reached",
    }
    return ", ".join(text for name, text in names.items() if getattr(entry, name))


def _named(slices: Sequence[str]) -> str:
    return ", ".join(date_ranges(slices)) if all(map(iso_day, slices)) else few(slices, 3)


_REASONS = 10


def _complaint(table: str, lost: Sequence[str], landing: LandingZone) -> str:
    days: dict[str, list[str]] = {}
    for day in lost:
        aside = landing.quarantined.get(day)
        reason = landing.reason(aside).rstrip(".") if aside else "not fetched"
        days.setdefault(reason, []).append(day)
    reasons = [f"{_named(each)}: {reason}" for reason, each in list(days.items())[:_REASONS]]
    more = f" (and {len(days) - _REASONS} more reasons)" if len(days) > _REASONS else ""
    return (
        f"{table}: {len(lost)} day(s) did not come in. {'; '.join(reasons)}{more}. All other days are safe. "
        "The next run asks for them again."
    )
