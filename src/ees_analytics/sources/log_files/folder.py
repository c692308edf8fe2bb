"""The log files of one table, as they are in their folders."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from ees_analytics.slices.errors import SourceError

_NAME = re.compile(r"(?P<stamp>[0-9]{8}-[0-9]{6})[-_].+\.parquet")


def file_datetime(name: str) -> dt.datetime | None:
    """The date and time in a log file's name, UTC: ``YYYYMMdd-HHmmss-<kind>.parquet``, or ``_`` after the stamp.

    None where the name has another form, or the calendar has no such date.
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
    """The copies of one log file.

    Attributes:
        paths: Their full paths: one, or two where the sub-folder and the root both have it.
        same_size: False where the two differ in size.
    """

    paths: tuple[str, ...]
    same_size: bool = True


@dataclass(frozen=True)
class LogFile:
    """A log file's rows, in the file's own columns and types.

    Attributes:
        path: The full path that was read.
        rows: The rows.
    """

    path: str
    rows: pa.Table


def _unreadable(found: FoundFile) -> LogFile:
    raise SourceError(f"{found.paths}: this folder has no files")


@dataclass(frozen=True)
class LogFolder(Mapping[str, Callable[[], LogFile]]):
    """The files of one table: a lazy mapping from base name (the slice's name) to a callable that reads the file.

    The callable raises ``BadFile`` where the file cannot be read, or two copies have different content.

    Attributes:
        table: The raw table.
        files: The files by base name.
        locations: The folders that were searched, each with the pattern of the names.
        unmatched: Parquet files in these folders that belong to no table.
        read: Reads a file.
    """

    table: str
    files: Mapping[str, FoundFile] = field(default_factory=dict)
    locations: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    read: Callable[[FoundFile], LogFile] = _unreadable

    def __getitem__(self, name: str) -> Callable[[], LogFile]:
        found = self.files[name]
        return lambda: self.read(found)

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)
