"""What every engine's storage of a table offers."""

import copy
import datetime as dt
import json
import math
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Self, TypeVar

import pyarrow as pa
from kedro.io.core import DatasetError
from pyspark.sql import DataFrame

from ees_analytics.contracts.casting import with_later_columns
from ees_analytics.contracts.columns import Columns, column_differences, sql_columns
from ees_analytics.contracts.contract import Column, ColumnType, TableContract
from ees_analytics.contracts.large import LargeRows
from ees_analytics.lake.storage.damage import DamagedTable, remedy_for_columns
from ees_analytics.lake.storage.history import (
    Change,
    Commit,
    Moment,
    NoSuchVersion,
    newest_change,
    version_at,
)

TABLE_PROPERTIES = {
    "delta.logRetentionDuration": "interval 90 days",
    "delta.deletedFileRetentionDuration": "interval 30 days",
}
"""Properties of the tables that the project creates: time travel and recovery for at least 30 days."""

MIN_RETENTION_DAYS = 30
"""Files that a version of the last 30 days needs are never deleted."""


_ATTEMPTS = 10


Rows = TypeVar("Rows", pa.Table, LargeRows)


class CommitConflict(Exception):
    """Another writer committed first; nothing of this attempt is visible."""


class ColumnsDiffer(DatasetError):
    """A table has other columns than the rows to write; nothing was written."""


class TableStorage(ABC):
    """One Delta table. Every write is one atomic commit; ``commit_metadata`` becomes its ``userMetadata``.

    A write is refused where the table's columns are not those of the rows: an engine would fill a column that only the
    table has with nulls. One that loses a race against another writer is repeated, up to ten times. Whatever reads the table raises
    ``DamagedTable`` where a file of it is missing or cannot be read.
    """

    _creation_seconds = 0.0
    """How long to wait for a table that another writer is creating."""

    def __init__(self, contract: TableContract, path: Path | None) -> None:
        self._contract = contract
        self._path = path
        self._known_columns: Columns | None = None
        self._known_at: object = None
        self._at_version: int | None = None

    @property
    def table(self) -> str:
        """The table's name in its schema."""
        return self._contract.name

    @property
    def gains_columns(self) -> bool:
        """Whether a write adds a later column of the contract (``since``); in a catalogue only ``maintain`` adds it."""
        return self.is_local

    @property
    @abstractmethod
    def location(self) -> str:
        """The table's path or three-level name."""

    def version(self) -> object:
        """What changes with every commit: name, size and time of the newest one's file. None: only the catalogue knows."""
        commits = self._path.glob("_delta_log/[0-9]*.json") if self._path else ()
        newest = max(commits, default=None)
        return newest and (newest.name, newest.stat().st_size, newest.stat().st_mtime_ns)

    @abstractmethod
    def exists(self) -> bool:
        """True once the table has a first commit."""

    @abstractmethod
    def frame(self) -> DataFrame:
        """The table as a lazy DataFrame."""

    @abstractmethod
    def rows(
        self,
        column: str | None = None,
        values: Sequence[str] = (),
        limit: int | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """The table's rows, those whose ``column`` has one of ``values`` (as text), or the first few; all columns or some."""

    @abstractmethod
    def rows_before(self, column: str, moment: dt.datetime) -> pa.Table:
        """The rows whose time in this column is before a moment."""

    @abstractmethod
    def count(self) -> int:
        """The number of rows."""

    @abstractmethod
    def count_lacking(self, columns: Sequence[str]) -> int:
        """The number of rows that have null in one of these columns."""

    @abstractmethod
    def slice_counts(self, column: str) -> dict[str, int]:
        """Rows per value of the slice column, the values as text."""

    @abstractmethod
    def optimize(self) -> bool:
        """Merge small files into large ones; the rows stay as they are. False where the catalogue does that itself."""

    @property
    def is_local(self) -> bool:
        """True for a table in a folder, False for one of a catalogue."""
        return self._path is not None

    def has_small_files(self, most: int, under_bytes: int) -> bool:
        """True where the table's newest version has more data files below a size than this."""
        in_folder = self._path.glob("*.parquet") if self._path else None  # those of earlier versions, too
        if in_folder is not None and sum(1 for _ in islice(in_folder, most + 1)) <= most:
            return False
        return self._has_small_files(most, under_bytes)

    def check_files(self) -> None:
        """Make sure that the log can be read; of a local folder also that its data files are there, in full size."""
        self.frame()

    def columns(self) -> Columns:
        """The columns that the table has; looked up again where another writer may have changed them."""
        version = self.version()
        if self._known_columns is None or self._known_at != version:
            with self._naming_damage():
                self._known_columns, self._known_at = self._columns(), version
        return self._known_columns

    def lacking(self) -> list[Column]:
        """The later columns of the contract (``since``) that the table does not have yet."""
        return [column for column in self._contract.later_columns if column.name not in self.columns()]

    def add_columns(self, columns: Sequence[Column]) -> None:
        """Add columns, which are null in the present rows."""
        try:
            self._add_columns(columns)
        except Exception:  # another writer may have added them
            self._known_columns = None
            if self.lacking():
                raise
        self._known_columns = None

    def create(self, contract: TableContract) -> bool:
        """Create the empty table with column comments and retention properties, or add its later columns.

        Returns:
            True where there was no table.
        """
        if self._known_columns or self.exists():
            if self.gains_columns and (lacking := self.lacking()):
                self.add_columns(lacking)
            return False
        try:
            self._create(contract)
        except DatasetError:
            raise
        except Exception:  # another writer may be creating it
            end = time.monotonic() + self._creation_seconds
            while not self.exists():
                if time.monotonic() >= end:
                    raise
                time.sleep(0.5)
        return True

    def create_filled(
        self, contract: TableContract, rows: pa.Table | LargeRows, commit_metadata: Mapping[str, str]
    ) -> bool:
        """Make sure that the table exists, as ``create`` does; a new one in a folder gets these rows in the same commit.

        Returns:
            True where the rows are written, False where the caller still has to write them.
        """
        if self.is_local and not self.exists():
            try:
                if self._create_with_rows(contract, rows, json.dumps(dict(commit_metadata))):
                    return True
            except DatasetError:
                raise
            except Exception:  # another writer may have been first
                if not self.exists():
                    raise
        self.create(contract)
        return False

    def fit(self, rows: Rows) -> Rows:
        """The same rows without later columns (``since``) that the table lacks, and with nulls for those that it has."""
        rows = with_later_columns(rows, self._contract)
        return rows.drop_columns([column.name for column in self.lacking()])

    def append(self, rows: pa.Table, commit_metadata: Mapping[str, str]) -> None:
        """Add rows.

        Raises:
            ColumnsDiffer: The table has other columns, or other types, than the rows; so with every other write.
            CommitConflict: Other writers were first at every attempt; so with every other write.
        """
        self._commit(lambda metadata: self._append(self.checked(rows), metadata), commit_metadata)

    def append_new(self, column: str, value: str, choose: Callable[[pa.Table], pa.Table]) -> None:
        """Add the rows that are chosen in view of those whose column has this value.

        Of several writers at once, each sees the rows of the others; on Spark except for those of the same moment.

        Args:
            column: A text column.
            value: Its value in all of the rows.
            choose: The present rows with that value to those to add.
        """
        self._commit(partial(self._append_new, column, value, choose), {})

    def _append_new(
        self, column: str, value: str, choose: Callable[[pa.Table], pa.Table], user_metadata: str
    ) -> None:
        if (rows := choose(self.rows(column, [value]))).num_rows:
            self._append(self.checked(rows), user_metadata)

    def replace(
        self,
        rows: pa.Table | LargeRows,
        column: str | None,
        values: Sequence[str],
        commit_metadata: Mapping[str, str],
    ) -> None:
        """Replace all rows whose slice column has one of these values, or simply all rows where there is no column.

        Rows of other values are refused. The table's comments, constraints and properties stay.
        """
        self._commit(
            lambda metadata: self._overwrite(self.checked(rows), column, values, metadata), commit_metadata
        )

    def last_change(self) -> Change | None:
        """The newest commit that changed rows; None where the last 50 commits changed none."""
        with self._naming_damage():
            return newest_change(self._history(50))

    def at(self, moment: Moment) -> Self:
        """The table as it was; it can only be read.

        Raises:
            NoSuchVersion: There is none, or (also later, from whatever reads rows) its files have been deleted.
        """
        with self._naming_damage():
            version = version_at([*self._history()], moment)
        earlier = copy.copy(self)
        earlier._known_columns, earlier._at_version = None, version
        return earlier

    def vacuum(self, days: int) -> bool:
        """Delete files that no version of the last ``days`` needs, or of longer where the table keeps more.

        Returns:
            False where the catalogue does that itself.
        """
        return self._vacuum(days_to_keep(days, self._properties()) * 24)

    def checked(self, rows: Rows) -> Rows:
        """The rows in the table's columns (``fit``) and types.

        Raises:
            ColumnsDiffer: The table has other columns, or other types.
        """
        rows = self.fit(rows)
        given, present = sql_columns(rows.schema), self.columns()
        if differences := sorted(column_differences(given, present)):
            raise ColumnsDiffer(
                f"{self._contract.name}: the columns of the table at {self.location} are not those of the contract: "
                f"{'; '.join(differences)}. Nothing was written. {remedy_for_columns(self._contract, self.location)}"
            )
        for position, (name, kind) in enumerate(given.items()):
            if present[name] != kind:  # JVM Delta would refuse a wider type
                wider = ColumnType(present[name])
                if isinstance(rows, LargeRows):
                    rows = rows.cast(name, wider)
                else:
                    rows = rows.set_column(position, name, rows[name].cast(wider.arrow))
        return rows

    @contextmanager
    def _naming_damage(self) -> Iterator[None]:
        """Turn the engine's errors about missing and unreadable files into ``DamagedTable``."""
        try:
            yield
        except (
            Exception
        ) as error:  # classic Spark raises py4j's, Connect pyspark's, delta-rs and Arrow their own
            if isinstance(error, DamagedTable) or not self._is_damage(error):
                raise
            if self._at_version is not None:
                raise NoSuchVersion(
                    f"the files of its version {self._at_version} have been deleted. `kedro run --pipelines maintain` keeps "
                    f"those of the last {MIN_RETENTION_DAYS} days."
                ) from error
            raise DamagedTable(self._contract, self.location, self._reason(error)) from error

    def _remember(self, before: object) -> None:
        """What is known of the table still holds after an own commit, if nobody else's came between."""
        now = self.version()
        if self._known_at == before and _number(now) == _number(before) + 1:
            self._known_at = now
        elif not self.is_local:  # there is no telling
            self._known_columns = None

    @abstractmethod
    def _is_damage(self, error: Exception) -> bool: ...

    def _reason(self, error: Exception) -> str:
        """What the engine reports of a damaged file."""
        return str(error)

    @abstractmethod
    def _has_small_files(self, most: int, under_bytes: int) -> bool: ...

    @abstractmethod
    def _columns(self) -> Columns: ...

    @abstractmethod
    def _add_columns(self, columns: Sequence[Column]) -> None: ...

    @abstractmethod
    def _create(self, contract: TableContract) -> None: ...

    def _create_with_rows(
        self, contract: TableContract, rows: pa.Table | LargeRows, user_metadata: str
    ) -> bool:
        """Create the table with its rows in one commit; False where the engine cannot.

        It fails where there is a table, and only if the rows are not committed: the caller writes them again.
        """
        return False

    @abstractmethod
    def _append(self, rows: pa.Table, user_metadata: str) -> None: ...

    @abstractmethod
    def _overwrite(
        self, rows: pa.Table, column: str | None, values: Sequence[str], user_metadata: str
    ) -> None: ...

    @abstractmethod
    def _history(self, limit: int | None = None) -> Iterator[Commit]: ...

    @abstractmethod
    def _properties(self) -> Mapping[str, str]: ...

    @abstractmethod
    def _vacuum(self, hours: int) -> bool: ...

    def _commit(self, write: Callable[[str], None], commit_metadata: Mapping[str, str]) -> None:
        if self._at_version is not None:
            raise DatasetError(f"{self.location}: an earlier version cannot be written")
        for attempt in range(1, _ATTEMPTS + 1):
            before = self.version()
            try:
                write(json.dumps(dict(commit_metadata)))
                return self._remember(before)
            except CommitConflict:
                self._known_columns = None  # the other writer may have added one
                if attempt == _ATTEMPTS:
                    raise
                time.sleep(min(0.05 * 2**attempt, 2.0))
        return None


def _number(version: object) -> int:
    """The number in ``TableStorage.version``, of which the first has 0."""
    return int(version[0].partition(".")[0]) if isinstance(version, tuple) else -1


def days_to_keep(days: int, properties: Mapping[str, str]) -> int:
    """The longest of ``days``, the table's own retention and the 30 days that always hold."""
    text = properties.get("delta.deletedFileRetentionDuration", "")
    parts = re.findall(r"(\d+)\s*(week|day|hour|minute)", text.lower())
    own = sum(int(number) * _MINUTES[unit] for number, unit in parts)
    return max(days, math.ceil(own / _MINUTES["day"]), MIN_RETENTION_DAYS)


_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
