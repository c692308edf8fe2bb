"""What a run reports about a log table: its state, that of its folder, and the days that are missing."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ees_analytics.parameters.logs import KnownOutage

_SATURDAY = 5


@dataclass(frozen=True)
class Gap:
    """Consecutive days without a file in the table, all of one kind: of weekends or not, and of one known outage or none.

    ``recoverable``: the folder has a file of these days that was not read; otherwise the team that delivers the logs has to
    look for it.
    """

    first: dt.date
    last: dt.date
    weekend: bool
    recoverable: bool = False
    outage: str | None = None

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True)
class LogAudit:
    """The state of one log table after a run, and of its folder; ``…_new`` is what the run wrote.

    Attributes:
        newest: The newest date of a file in the table; None where it has none.
        stale_days: How many days before the run that is, where ``LogSettings.freshness_days`` allows fewer; else None.
        locations: The folders that were searched, each with the pattern of the names.
        quarantined: Files there that could not be ingested, each with the reason.
        missing_from_folder: Files that the table has and the folder no longer has.
        conflicting_copies: Files in the table whose two copies now differ.
        row_count_mismatch: Files that the table lacks, or has with another number of rows; a phrase each.
        gaps: The missing days between the table's first and newest.
        unmatched: Files beside this table's that belong to no table.
        not_used: True where no files are expected.
    """

    table: str
    files_new: int = 0
    files_total: int = 0
    rows_new: int = 0
    rows_total: int = 0
    newest: dt.date | None = None
    stale_days: int | None = None
    locations: Sequence[str] = ()
    files_in_folder: int = 0
    quarantined: Mapping[str, str] = field(default_factory=dict)
    missing_from_folder: Sequence[str] = ()
    conflicting_copies: Sequence[str] = ()
    row_count_mismatch: Sequence[str] = ()
    gaps: Sequence[Gap] = ()
    unmatched: Sequence[str] = ()
    not_used: bool = False


def find_gaps(
    known: Collection[dt.date], unread: Collection[dt.date], outages: Sequence[KnownOutage]
) -> list[Gap]:
    """The days between the first and the newest known one that have no file in the table, as ranges of one kind.

    ``unread`` has dates of files that are in the folder only; no files of ``outages`` will ever be delivered.
    """
    if not known:
        return []
    first, last = min(known), max(known)
    days = (first + dt.timedelta(days=n) for n in range((last - first).days))
    missing = enumerate(day for day in days if day not in known)

    def kind(numbered: tuple[int, dt.date]) -> tuple[dt.date, bool, bool, str | None]:
        """Equal for consecutive days of one kind: their date less their number stays the same."""
        number, day = numbered
        outage = next((each.reason for each in outages if each.first <= day <= each.last), None)
        return day - dt.timedelta(days=number), day.weekday() >= _SATURDAY, day in unread, outage

    gaps = []
    for (_, weekend, recoverable, outage), numbered in groupby(missing, kind):
        found = [day for _, day in numbered]
        gaps.append(Gap(found[0], found[-1], weekend, recoverable, outage))
    return gaps
