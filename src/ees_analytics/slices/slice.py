"""Slices: planned, fetched from a source, landed as a file, or quarantined."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pyarrow as pa


@dataclass(frozen=True)
class IngestPlan:
    """The slices of one run.

    Attributes:
        table: The raw table.
        expected: Every slice that the table should have after the run, oldest first.
        fetch: The slices to fetch, of these and of a range that was requested by parameters.
        expired: Days that the table lacks and the source no longer has; they are not expected.
    """

    table: str
    expected: tuple[str, ...]
    fetch: tuple[str, ...]
    expired: tuple[str, ...] = ()


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

    def names(self) -> list[str]:
        """The flags that are set."""
        return [name for name, value in vars(self).items() if value]


@dataclass(frozen=True)
class FetchedSlice:
    """A slice that passed every check and may be landed.

    Attributes:
        rows: The rows, in the raw table's columns and types.
        expected_rows: The number of rows that the source reported.
        flags: Quality flags of the response.
        request: The request, for the record.
        metadata: The response without its rows, for the record.
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
    """The newest landed file of a slice; its name has all of this.

    Attributes:
        slice: The slice's name: an ISO date, or a log file's base name.
        rows: The number of rows in the file.
        digest: Their digest (``contracts.digest``).
        landed_at: When it was fetched, UTC.
        path: The file's path.
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
