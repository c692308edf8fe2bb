"""The log files of one table, as they are in their folders."""

import datetime as dt
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b

import pyarrow as pa

from ees_analytics.console.safe_text import escaped

_NAME = re.compile(r"(?P<stamp>[0-9]{8}-[0-9]{6})[-_].+\.parquet", re.IGNORECASE)


def file_datetime(name: str) -> dt.datetime | None:
    """The date and time (UTC) in a log file's name, ``YYYYMMdd-HHmmss-<kind>.parquet``, or ``_`` after it; else None."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        return dt.datetime.strptime(match["stamp"], "%Y%m%d-%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


_MAX_NAME_BYTES = 160
"""The landing zone adds up to 90 to a name, and file systems allow 255."""


def slice_name(name: str) -> str:
    """The name of a file as that of its slice, of a printable one of at most 160 bytes the same.

    Any other is shortened and escaped, with a fingerprint: no other file has the same, and it can be stored.
    """
    written = os.fsencode(name)
    text = escaped(written.decode("utf-8", "backslashreplace")).replace("\n", "\\n")
    if text == name and len(written) <= _MAX_NAME_BYTES:
        return name
    short = text.encode()[: _MAX_NAME_BYTES - 30].decode(errors="ignore")
    return f"{short}~{blake2b(written, digest_size=8).hexdigest()}.parquet"


@dataclass(frozen=True)
class LogFolder(Mapping[str, Callable[[], pa.Table]]):
    """The files of one table: a lazy mapping from the slice's name (see ``slice_name``) to a callable that reads the file.

    The callable returns the rows in the file's own columns and types. It raises ``BadFile`` where the file cannot be
    read, or two copies have different content.

    Attributes:
        files: The full paths of each file: one, or more where several places have it.
        read: Reads the file with these paths.
        different_sizes: The files whose copies differ in size.
        locations: The folders that were searched, each with the pattern of the names.
        unmatched: Parquet files in these folders that belong to no table.
        not_used: True where no files are expected.
    """

    files: Mapping[str, Sequence[str]]
    read: Callable[[Sequence[str]], pa.Table]
    different_sizes: Collection[str] = ()
    locations: Sequence[str] = ()
    unmatched: Sequence[str] = ()
    not_used: bool = False

    def __getitem__(self, name: str) -> Callable[[], pa.Table]:
        return partial(self.read, self.files[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)
