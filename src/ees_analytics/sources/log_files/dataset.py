"""``LogFilesDataset``: the parquet files of the public API's and the downloads' logs, in a folder or a Volume."""

from __future__ import annotations

import filecmp
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from kedro.io import AbstractDataset

from ees_analytics.parameters.logs import LogTable
from ees_analytics.slices.errors import BadFile
from ees_analytics.sources.log_files.folder import FoundFile, LogFile, LogFolder

_HOME = "public-api"
"""The folder of a Volume that holds the sub-folders; a path that is this folder itself holds them directly."""


class LogFilesDataset(AbstractDataset[None, LogFolder]):
    """The log files of one table. Read-only; loading lists names, contents are read one by one later.

    Files are read with pyarrow, because Spark on the JVM refuses parquet's UUID type and other engines give
    raw bytes for it.

    Example (conf/base/catalog_sources.yml)::

        "source.raw_ees_{kind}":
          type: ees_analytics.sources.log_files.dataset.LogFilesDataset
          table: "raw_ees_{kind}"
          tables: ${globals:log_tables}
          path: data/sample/public-api

    Args:
        table: The raw table's name.
        tables: Which files fill which table, of all tables: see ``parameters.logs.LogTable``.
        path: The folder that the files are dropped in: a local one, or a Volume's (``/Volumes/...``).
        metadata: Left to Kedro and its plugins.

    Raises:
        KeyError: ``tables`` says nothing of the table.
    """

    def __init__(
        self,
        *,
        table: str,
        tables: Mapping[str, Mapping[str, Any]],
        path: str,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._tables = {name: LogTable.model_validate(definition) for name, definition in tables.items()}
        if table not in self._tables:
            raise KeyError(
                f"which files fill {table}? Name them in conf/base/globals_logs.yml under log_tables"
            )
        self._table = table
        self._root = Path(os.path.abspath(path.removeprefix("dbfs:")))  # noqa: PTH100 (links stay as they are)
        self.metadata = metadata

    def load(self) -> LogFolder:
        """List the table's files in both places."""
        found: dict[str, list[str]] = {}
        unmatched: list[str] = []
        for place in self._places():
            for name in place.parquet_names():
                owners = place.owners(name)
                if self._table in owners:
                    found.setdefault(name, []).append(str(place.folder / name))
                elif not owners:
                    unmatched.append(str(place.folder / name))
        files = {name: FoundFile(name, tuple(paths), _are_alike(paths)) for name, paths in found.items()}
        looked_into = tuple(place.in_words(self._table) for place in self._places())
        return LogFolder(self._table, files, looked_into, tuple(sorted(unmatched)), read_log_file)

    def save(self, data: None) -> None:
        """Refused: the files are another program's."""
        raise NotImplementedError("log files are read, never written")

    def _places(self) -> Iterator[_Place]:
        own = self._tables[self._table]
        if own.folder:
            sharing = {name: each for name, each in self._tables.items() if each.folder == own.folder}
            patterns = {name: each.folder_names for name, each in sharing.items()}
            home = self._root / _HOME
            yield _Place((home if home.is_dir() else self._root) / own.folder, patterns)
        yield _Place(self._root, {name: each.root_names for name, each in self._tables.items()})

    def _exists(self) -> bool:
        return self._root.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"table": self._table, "path": str(self._root)}


@dataclass(frozen=True)
class _Place:
    """A folder, and the pattern of each table's names there."""

    folder: Path
    patterns: Mapping[str, str]

    def parquet_names(self) -> list[str]:
        """The parquet files here, not deeper; hidden ones and those still being written under another name aside."""
        if not self.folder.exists():
            return []
        with os.scandir(self.folder) as entries:
            names = [entry.name for entry in entries]
        return sorted(name for name in names if name.endswith(".parquet") and not name.startswith((".", "_")))

    def owners(self, name: str) -> list[str]:
        """The tables that a file belongs to."""
        return [table for table, pattern in self.patterns.items() if fnmatchcase(name, pattern)]

    def in_words(self, table: str) -> str:
        """Where was looked for what."""
        missing = "" if self.folder.is_dir() else ", a folder that does not exist"
        return f"{self.folder} ({self.patterns[table]}{missing})"


def read_log_file(found: FoundFile) -> LogFile:
    """Read a log file; one that lies in both places is read once.

    Raises:
        BadFile: It cannot be read, or the two places do not hold the same.
    """
    path, *others = found.paths
    rows = _read(path)
    for other in others:
        if not _hold_the_same(path, rows, other):
            raise BadFile(
                f"it lies in two places with different content: {path} and {other}. Remove the wrong one."
            )
    return LogFile(path, rows)


def _hold_the_same(path: str, rows: pa.Table, other: str) -> bool:
    try:
        return filecmp.cmp(path, other, shallow=False) or rows.equals(_read(other))
    except OSError as error:
        raise BadFile(f"{other} cannot be read: {error}") from error


def _read(path: str) -> pa.Table:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            rows = file.read()
        rows.validate(full=True)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise BadFile(f"{path} is no whole parquet file{_size(path)}: {_first_line(error)}") from error
    return rows


def _size(path: str) -> str:
    try:
        return f" ({Path(path).stat().st_size:,} bytes)"
    except OSError:
        return ""


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _are_alike(paths: list[str]) -> bool:
    """False where files of one name differ in size, as far as that can be told without reading them."""
    if len(paths) == 1:
        return True
    try:
        return len({Path(path).stat().st_size for path in paths}) == 1
    except OSError:
        return True
