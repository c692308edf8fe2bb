"""Slices: planned, fetched from a source, landed as a file, or quarantined; and the landing zone of a table."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pyarrow as pa


@dataclass(frozen=True)
class IngestPlan:
    """The slices of one run, for one raw table.

    Attributes:
        expected: Every slice that the table should have after the run, oldest first.
        fetch: The slices to fetch, of these and of a range that was requested by parameters.
        expired: Days that the table lacks and the source no longer has; they are not expected.
        landed_rows: Rows of the newest landed file of the slices to fetch, by its name.
        accepted: Days for which this run takes what the source has, to who accepted it.
        known_empty: Days that conf declares empty, to the reason.
        known_gaps: Days that conf declares lost, in whole or in part, to the reason; they are not expected.
    """

    table: str
    expected: tuple[str, ...]
    fetch: tuple[str, ...]
    expired: tuple[str, ...] = ()
    landed_rows: Mapping[str, int] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    known_empty: Mapping[str, str] = field(default_factory=dict)
    known_gaps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Flags:
    """What the source reported about the quality of a slice."""

    MEANINGS: ClassVar[Mapping[str, str]] = {
        "sampled": "the source sampled its data: numbers are estimates",
        "thresholded": "rows below the privacy threshold are missing",
        "other_row": "rare values are folded into “(other)”",
        "truncated": "the tail is cut",
        "capped": "the source's row limit is reached",
    }

    sampled: bool = False
    thresholded: bool = False
    other_row: bool = False
    truncated: bool = False
    capped: bool = False


@dataclass(frozen=True)
class FetchedSlice:
    """A slice that passed every check and may be landed, in the raw table's columns and types.

    ``expected_rows`` is the number that the source reported. The request and the response without its rows (``metadata``)
    are for the record.
    """

    rows: pa.Table
    expected_rows: int
    flags: Flags = Flags()
    request: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)


Fetch = Callable[[], FetchedSlice]
"""Fetches and checks one slice when called. Raises a ``SourceError`` otherwise."""


@dataclass(frozen=True)
class LandedSlice:
    """The newest landed file of a slice (an ISO date, or a log file's base name); its name has all of this.

    ``digest`` is that of ``contracts.digest``; ``landed_at`` (UTC) is later than that of every earlier file of the slice.
    """

    slice: str
    rows: int
    digest: str
    landed_at: dt.datetime
    path: str


@dataclass(frozen=True)
class QuarantinedSlice:
    """A failed fetch of a slice. The file has the reason and the rows that were received."""

    slice: str
    quarantined_at: dt.datetime
    path: str


class DamagedLanding(Exception):
    """A landed file does not have the rows that its name states."""


def _no_files(item: LandedSlice | QuarantinedSlice) -> Any:
    raise DamagedLanding(f"{item.path}: this landing zone has no files")


@dataclass(frozen=True)
class LandingZone:
    """The landed files of one raw table.

    Attributes:
        landed: The newest good file of each slice.
        quarantined: The newest failed attempt of each slice that has no later good file.
        read: Reads a landed file and verifies its digest. Raises ``DamagedLanding`` where it does not match.
        describe: The description in a landed file (``expected_rows``, ``flags``, ``request``, ``metadata``), without
            reading its rows.
        reason: Why a slice was set aside.
        unpublished: Slices that the last save in this process found not published yet.
        empty_root: The folder above the table's, where no table has a file in it; else None.
    """

    table: str
    landed: Mapping[str, LandedSlice] = field(default_factory=dict)
    quarantined: Mapping[str, QuarantinedSlice] = field(default_factory=dict)
    read: Callable[[LandedSlice], FetchedSlice] = _no_files
    describe: Callable[[LandedSlice], Mapping[str, Any]] = _no_files
    reason: Callable[[QuarantinedSlice], str] = _no_files
    empty_root: str | None = None
    unpublished: frozenset[str] = frozenset()

    def newest_stamp(self, slice_: str) -> dt.datetime:
        """The number in the name of the slice's newest file, good or failed."""
        landed, failed = self.landed.get(slice_), self.quarantined.get(slice_)
        stamps = (landed.landed_at if landed else None, failed.quarantined_at if failed else None)
        return max(filter(None, stamps), default=dt.datetime.min.replace(tzinfo=dt.UTC))

    def is_landed(self, slice_: str) -> bool:
        """True where the slice has a file that is not damaged, and a later failure does not doubt that it is empty."""
        item = self.landed.get(slice_)
        if item is None or (item.rows == 0 and slice_ in self.quarantined):
            return False
        return not self.is_damaged(item)

    def is_damaged(self, item: LandedSlice) -> bool:
        """True where the file does not have the rows that its name states."""
        try:
            self.read(item)
        except DamagedLanding:
            return True
        return False
