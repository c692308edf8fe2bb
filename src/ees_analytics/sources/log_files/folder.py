"""The log files of one table, as they lie in their folders."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from ees_analytics.slices.errors import SourceError

_NAME = re.compile(r"(?P<stamp>[0-9]{8}-[0-9]{6})[-_].+\.parquet")


def file_datetime(name: str) -> dt.datetime | None:
    """The moment in a log file's name, UTC: ``YYYYMMdd-HHmmss-<kind>.parquet``, or ``_`` after the stamp.

    None where the name has another form or is no moment of the calendar.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        return dt.datetime.strptime(match["stamp"], "%Y%m%d-%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


@dataclass(frozen=True)
class FoundFile:
    """A log file by its base name.

    Attributes:
        name: The base name, which is the slice's name.
        paths: Where it lies: one full path, or two where both places have it.
        alike: False where the two differ in size.
    """

    name: str
    paths: tuple[str, ...]
    alike: bool = True


@dataclass(frozen=True)
class LogFile:
    """A log file's rows, in the file's own columns and types.

    Attributes:
        path: Where it was read, in full.
        rows: The rows as the file holds them.
    """

    path: str
    rows: pa.Table


def _unreadable(found: FoundFile) -> LogFile:
    raise SourceError(f"{found.name}: this folder holds no files")


@dataclass(frozen=True)
class LogFolder(Mapping[str, Callable[[], LogFile]]):
    """The files of one table: a lazy mapping from base name to a callable that reads the file.

    The callable raises ``BadFile`` where the file cannot be read, or lies in both places with different content.

    Attributes:
        table: The raw table.
        files: The files by base name.
        places: The folders that were looked into, each with the names looked for, in words.
        unmatched: Parquet files in these folders that belong to no table.
        read: Reads a file.
    """

    table: str
    files: Mapping[str, FoundFile] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    read: Callable[[FoundFile], LogFile] = _unreadable

    def __getitem__(self, name: str) -> Callable[[], LogFile]:
        found = self.files[name]
        return lambda: self.read(found)

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)
