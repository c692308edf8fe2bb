"""``LogFilesDataset``: the parquet files of the public API's and the downloads' logs, in a folder or a Volume."""

import os
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from ees_analytics.parameters.logs import LogFileLimits, LogTable
from ees_analytics.slices.errors import BadFile
from ees_analytics.sources.base import ReadOnlySource
from ees_analytics.sources.log_files.folder import LogFolder, slice_name
from ees_analytics.sources.log_files.parquet import TooLarge, read_parquet


class LogFilesDataset(ReadOnlySource[LogFolder]):
    """The log files of one table. Read-only: loading lists names, files are read one by one later.

    Files are read with pyarrow, because Spark on the JVM refuses parquet's UUID type and other engines return
    raw bytes for it.

    Example (conf/base/catalog_sources.yml)::

        "source.raw_ees_{kind}":
          type: ees_analytics.sources.log_files.dataset.LogFilesDataset
          table: "raw_ees_{kind}"
          tables: ${globals:log_tables}
          path: data/sample/public-api

    Args:
        table: The raw table's name.
        tables: The places of every log table's files: see ``parameters.logs.LogTable``.
        path: The folder of the files: a local one, or a Volume's (``/Volumes/...``).
        limits: The most that one file may have: see ``parameters.logs.LogFileLimits``.

    Raises:
        KeyError: ``tables`` lacks the table.
    """

    def __init__(
        self,
        *,
        table: str,
        tables: Mapping[str, Mapping[str, Any]],
        path: str,
        limits: Mapping[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._tables = {name: LogTable.model_validate(definition) for name, definition in tables.items()}
        if table not in self._tables:
            raise KeyError(
                f"{table} has no places of files: add them to log_tables in conf/base/globals_logs.yml"
            )
        self._table = table
        self._limits = LogFileLimits.model_validate(limits or {})
        self._root = Path(os.path.abspath(path.removeprefix("dbfs:")))  # noqa: PTH100 (links stay as they are)
        self.metadata = metadata

    def load(self) -> LogFolder:
        """List the table's files in each of its places."""
        files: dict[str, list[str]] = {}
        unmatched, locations = [], []
        for folder, patterns in self._folders().items():
            missing = "" if folder.is_dir() else ", a folder that does not exist"
            own = " or ".join(pattern for table, pattern in patterns if table == self._table)
            locations.append(f"{folder} ({own}{missing})")
            for name in _parquet_names(folder):
                tables = [table for table, pattern in patterns if fnmatchcase(name.lower(), pattern.lower())]
                if self._table in tables:
                    files.setdefault(slice_name(name), []).append(str(folder / name))
                elif not tables:
                    unmatched.append(str(folder / slice_name(name)))
        if not self._root.is_dir():
            locations = [f"{self._root}, a folder that does not exist"]
        different = [name for name, paths in files.items() if len({*_sizes(paths)}) > 1]
        not_used = self._tables[self._table].not_used
        read = partial(read_log_file, limits=self._limits)
        return LogFolder(files, read, different, locations, sorted(unmatched), not_used)

    def _folders(self) -> dict[Path, list[tuple[str, str]]]:
        """Each folder that has files of the table, with the tables and name patterns of all places there."""
        places = [
            (self._root / PurePosixPath(place).parent, table, PurePosixPath(place).name)
            for table, each in self._tables.items()
            for place in each.places
        ]
        own = [folder for folder, table, _ in places if table == self._table]
        return {folder: [(table, name) for other, table, name in places if other == folder] for folder in own}

    def _exists(self) -> bool:
        return self._root.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"table": self._table, "path": str(self._root)}


def _parquet_names(folder: Path) -> list[str]:
    """The parquet files in the folder itself, without hidden files and those that are still being written."""
    names = [path.name for path in folder.iterdir()] if folder.exists() else []
    return sorted(
        name for name in names if name.lower().endswith(".parquet") and not name.startswith((".", "_"))
    )


def read_log_file(paths: Sequence[str], limits: LogFileLimits) -> pa.Table:
    """Read a log file; ``BadFile`` if a copy cannot be read, is too large, or has other content than the first one."""
    path, *copies = paths
    rows = _read(path, limits)
    for copy in copies:
        if not rows.equals(_read(copy, limits)):
            raise BadFile(f"{path} and {copy} have different content. Remove the wrong one.")
    return rows


def _read(path: str, limits: LogFileLimits) -> pa.Table:
    if Path(path).name != slice_name(Path(path).name):
        raise BadFile(
            f"{path}: the name is over 160 bytes, or has characters that are not text. Rename the file."
        )
    if not Path(path).is_file():
        raise BadFile(f"{path} cannot be read as parquet: it is not a file, or it is gone.")
    try:
        return read_parquet(path, limits)
    except TooLarge as error:
        raise BadFile(f"{path} {error}") from error
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        size = "".join(f" ({size:,} bytes)" for size in _sizes([path]))
        raise BadFile(f"{path} cannot be read as parquet{size}: {reason}") from error


def _sizes(paths: Sequence[str]) -> list[int]:
    """The sizes of files in bytes, without files that were removed since."""
    return [Path(path).stat().st_size for path in paths if Path(path).exists()]
