"""What a log table holds, what its folder holds, and which days are missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ees_analytics.parameters.logs import KnownOutage, LogSettings
from ees_analytics.slices.landing_zone import LandingZone
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.state import TableState
from ees_analytics.sources.log_files.folder import LogFolder, file_datetime

_SATURDAY = 5


@dataclass(frozen=True)
class Gap:
    """Days in a row without a file in the table, all of one kind.

    Attributes:
        first: The first of them.
        last: The last of them.
        weekend: True where they are Saturdays and Sundays; False: Mondays to Fridays.
        recoverable: True where a file of these days lies in the folder unread; otherwise it is upstream's to find.
        outage: Where these days are a known outage: its reason; otherwise None.
    """

    first: dt.date
    last: dt.date
    weekend: bool
    recoverable: bool = False
    outage: str | None = None

    @property
    def days(self) -> int:
        """How many days it is long."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class LogAudit:
    """How one log table stands after a run.

    Attributes:
        table: The raw table.
        files_new: Files that this run wrote.
        files_total: Files that the table holds.
        rows_new: Rows that this run wrote.
        rows_total: Rows that the table holds.
        newest: The newest date of a file in the table; None where it holds none.
        days_old: How many days before the run that is.
        is_stale: True where that is longer ago than is expected.
        places: Where was looked for files, in words.
        files_in_place: Files that lie there.
        quarantined: Files that lie there and cannot be taken, each with its reason.
        missing_from_folder: Files that the table holds and the folder does not any more.
        unlike: Files in the table that lie in both places with different content now.
        row_count_mismatch: Files that should be in the table and are not, or with another number of rows; a phrase each.
        gaps: The missing days between the table's first and newest.
        unmatched: Files beside this table's that belong to no table.
    """

    table: str
    files_new: int = 0
    files_total: int = 0
    rows_new: int = 0
    rows_total: int = 0
    newest: dt.date | None = None
    days_old: int | None = None
    is_stale: bool = False
    places: Sequence[str] = ()
    files_in_place: int = 0
    quarantined: Mapping[str, str] = field(default_factory=dict)
    missing_from_folder: Sequence[str] = ()
    unlike: Sequence[str] = ()
    row_count_mismatch: Sequence[str] = ()
    gaps: Sequence[Gap] = ()
    unmatched: Sequence[str] = ()


def audit_table(  # noqa: PLR0913
    entries: Iterable[LedgerEntry],
    run_id: str,
    state: TableState,
    landing: LandingZone,
    folder: LogFolder,
    settings: LogSettings,
    run_date: dt.date,
) -> LogAudit:
    """Compare table, ledger, landing zone and folder as they are after a run."""
    new = [entry for entry in entries if entry.run_id == run_id and _was_written(entry)]
    dates = _dates(state.slices)
    newest = max(dates, default=None)
    days_old = (run_date - newest).days if newest else None
    unread = _dates(name for name in folder if name not in state.slices)
    return LogAudit(
        state.table,
        files_new=len(new),
        files_total=len(state.slices),
        rows_new=sum(entry.rows or 0 for entry in new),
        rows_total=sum(state.slices.values()),
        newest=newest,
        days_old=days_old,
        is_stale=days_old is not None and days_old > settings.freshness_days,
        places=folder.places,
        files_in_place=len(folder),
        quarantined={
            name: landing.reason(item)
            for name, item in sorted(landing.quarantined.items())
            if name in folder and name not in state.slices
        },
        missing_from_folder=sorted(set(state.slices) - set(folder)),
        unlike=sorted(
            name for name, found in folder.files.items() if name in state.slices and not found.alike
        ),
        row_count_mismatch=_unproven(state, landing),
        gaps=find_gaps(dates, unread, settings.known_outages),
        unmatched=folder.unmatched,
    )


def find_gaps(
    known: Collection[dt.date], unread: Collection[dt.date], outages: Sequence[KnownOutage]
) -> list[Gap]:
    """The days between the first and the newest known one that are not known, as ranges of one kind.

    Args:
        known: The dates of the files in the table.
        unread: The dates of files that lie in the folder and are not in the table.
        outages: Days for which no files will ever come.
    """
    if not known:
        return []
    first, last = min(known), max(known)
    days = (first + dt.timedelta(days=n) for n in range((last - first).days))
    gaps: list[Gap] = []
    for day in days:
        if day not in known:
            _add(_gap_of(day, unread, outages), gaps)
    return gaps


def _gap_of(day: dt.date, unread: Collection[dt.date], outages: Sequence[KnownOutage]) -> Gap:
    reasons = [outage.reason for outage in outages if outage.first <= day <= outage.last]
    return Gap(day, day, day.weekday() >= _SATURDAY, day in unread, reasons[0] if reasons else None)


def _add(gap: Gap, gaps: list[Gap]) -> None:
    """Make the last gap longer where the day after it is of the same kind."""
    before = gaps[-1] if gaps else None
    follows = before is not None and gap.first - before.last == dt.timedelta(days=1)
    if before and follows and replace(gap, first=before.first, last=before.last) == before:
        gaps[-1] = replace(before, last=gap.last)
    else:
        gaps.append(gap)


def _was_written(entry: LedgerEntry) -> bool:
    """True where a run wrote the slice; a slice that was only found in the table has no digest."""
    return entry.state in (SliceState.COMMITTED, SliceState.RESTATED) and entry.digest is not None


def _dates(names: Iterable[str]) -> set[dt.date]:
    return {moment.date() for name in names if (moment := file_datetime(name))}


def _unproven(state: TableState, landing: LandingZone) -> list[str]:
    promised = {
        name: entry.rows
        for name, entry in state.ledger.items()
        if entry.state.is_settled and entry.rows is not None
    }
    promised |= {name: item.rows for name, item in landing.landed.items()}
    return [
        f"{name}: {state.slices.get(name, 0):,} rows instead of {rows:,}"
        for name, rows in sorted(promised.items())
        if state.slices.get(name, 0) != rows
    ]
