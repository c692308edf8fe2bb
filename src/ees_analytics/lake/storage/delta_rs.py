"""Delta tables in local folders: read through Sail, written through delta-rs."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import (
    CommitProperties,
    DeltaTable,
    Field,
    Schema,
    Transaction,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import CommitFailedError, DeltaError
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructField, StructType

from ees_analytics.contracts.columns import Columns
from ees_analytics.contracts.contract import Column as TableColumn
from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.engine import DICTIONARY_PAGE_BYTES, Engine, spark_session
from ees_analytics.lake.storage.base import TABLE_PROPERTIES, CommitConflict, TableStorage
from ees_analytics.lake.storage.damage import DamagedTable, refuse_empty_commit
from ees_analytics.lake.storage.history import Commit

_SQL_NAMES = {"byte": "TINYINT", "short": "SMALLINT", "integer": "INT", "long": "BIGINT"}
"""Delta's own names of types that SQL calls otherwise."""

_PROPERTIES = {**TABLE_PROPERTIES, "delta.checkpointInterval": "10"}
"""Of a new table. A checkpoint every 10 commits is Delta's default; by that of delta-rs a reader would open up to 100 files."""

_WRITER_PROPERTIES = WriterProperties(compression="SNAPPY", dictionary_page_size_limit=DICTIONARY_PAGE_BYTES)


def arrow_dataset(table: DeltaTable, folder: Path) -> ds.Dataset:
    """The rows of a local table, from files that Arrow opens.

    By default delta-rs has Arrow read files that Python opened. If Python ends while a thread of Arrow holds one, the
    process aborts: the rows are read, and the exit code is not 0 (delta-rs issue 2184).
    """
    return table.to_pyarrow_dataset(filesystem=SubTreeFileSystem(str(folder), LocalFileSystem()))


class DeltaRsStorage(TableStorage):
    """A Delta table in a folder."""

    _path: Path
    _opened: tuple[object, DeltaTable] | None = None
    """The newest commit and the version asked for when the log was read last, and the table."""

    @property
    def location(self) -> str:
        """The folder."""
        return str(self._path)

    def exists(self) -> bool:
        """True where the folder's Delta log has a commit or a checkpoint."""
        return DeltaTable.is_deltatable(self.location)

    def frame(self) -> DataFrame:
        """The table as a lazy DataFrame of the embedded engine; its files are there, and of the size in the log."""
        table = self._table()
        self._checked_files(table)
        rows = spark_session(Engine.SAIL).read.format("delta").load(self.location)
        return rows.select(*map(_without_comment, _schema(table)))  # not `rows.schema`, a request of its own

    def rows(
        self,
        column: str | None = None,
        values: Sequence[str] = (),
        limit: int | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """The table's rows, those of some slices, or the first few; no engine is started for it."""
        dataset = self._dataset()
        where = None
        if column is not None:
            where = ds.field(column).isin(
                pa.array(values, pa.string()).cast(dataset.schema.field(column).type)
            )
        with self._naming_damage():
            wanted = {"columns": None if columns is None else [*columns], "filter": where}
            rows = dataset.to_table(**wanted) if limit is None else dataset.head(limit, **wanted)
            rows.validate(full=True)  # an altered byte can leave text that is not UTF-8
            return rows

    def rows_before(self, column: str, moment: dt.datetime) -> pa.Table:
        """The rows whose time in this column is before a moment; files that have none of them are not opened."""
        with self._naming_damage():
            return self._dataset().to_table(filter=ds.field(column) < moment)

    def count(self) -> int:
        """The number of rows."""
        with self._naming_damage():
            return int(self._dataset().count_rows())

    def count_lacking(self, columns: Sequence[str]) -> int:
        """The number of rows that have null in one of these columns."""
        is_lacking = reduce(ds.Expression.__or__, [ds.field(column).is_null() for column in columns])
        with self._naming_damage():
            return int(self._dataset().count_rows(filter=is_lacking))

    def slice_counts(self, column: str) -> dict[str, int]:
        """Rows per value of the slice column."""
        with self._naming_damage():
            counted = self._dataset().to_table(columns=[column])[column].value_counts()
        texts = pc.cast(counted.field("values"), pa.string()).to_pylist()
        return dict(zip(texts, counted.field("counts").to_pylist(), strict=True))

    def _has_small_files(self, most: int, under_bytes: int) -> bool:
        sizes = pa.table(self._table().get_add_actions())["size_bytes"]
        return bool((pc.sum(pc.less(sizes, under_bytes)).as_py() or 0) > most)

    def optimize(self) -> bool:
        """Merge small files, and write a checkpoint so that readers need not read every commit."""
        table = self._table()
        table.optimize.compact(writer_properties=_WRITER_PROPERTIES)
        table.create_checkpoint()
        return True

    def _table(self) -> DeltaTable:
        """The table; its log is read again only after a new commit."""
        state, opened = (self.version(), self._at_version), self._opened
        if opened is None or opened[0] != state:
            opened = self._opened = state, self._open()
        return opened[1]

    def _dataset(self) -> ds.Dataset:
        return arrow_dataset(self._table(), self._path)

    def _open(self) -> DeltaTable:
        with self._naming_damage():
            refuse_empty_commit(self._contract, self._path)
            return DeltaTable(self.location, version=self._at_version)

    def check_files(self) -> None:
        """Make sure that every data file is there, and has the size that the log has for it."""
        self._checked_files(self._table())

    def plain_files(self) -> tuple[list[Path], StructType] | None:
        """The data files, and the columns as Spark has them.

        None where a file may hold more than the table's rows: with partitions, deletion vectors or renamed columns.
        """
        table = self._table()
        if table.protocol().min_reader_version > 1 or table.metadata().partition_columns:
            return None
        return self._checked_files(table), _schema(table)

    def _checked_files(self, table: DeltaTable) -> list[Path]:
        files = []
        with self._naming_damage():
            for file in pa.table(table.get_add_actions()).select(["path", "size_bytes"]).to_pylist():
                path = self._path / unquote(file["path"])
                if (size := path.stat().st_size) != file["size_bytes"]:
                    reason = f"{path.name} has {size:,} bytes instead of {file['size_bytes']:,}"
                    raise DamagedTable(self._contract, self.location, reason)
                files.append(path)
        return files

    def _is_damage(self, error: Exception) -> bool:
        """Errors of a log, of a missing file, and of a file that is not parquet; not of permissions or a full disk."""
        if isinstance(error, FileNotFoundError | DeltaError | pa.ArrowInvalid):
            return not isinstance(error, CommitFailedError)
        return type(error) is OSError and error.errno is None

    def _columns(self) -> Columns:
        types = {
            field.name: getattr(field.type, "type", str(field.type))
            for field in self._table().schema().fields
        }
        return {name: _SQL_NAMES.get(kind, kind.upper()) for name, kind in types.items()}

    def _add_columns(self, columns: Sequence[TableColumn]) -> None:
        self._table().alter.add_columns([_field(column) for column in columns])

    def _create(self, contract: TableContract) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(
            self._path,
            schema=Schema([_field(column) for column in contract.columns]),
            mode="ignore",
            name=contract.name,
            description=contract.description,
            configuration=_PROPERTIES,
        )

    def _create_with_rows(self, contract: TableContract, rows: Any, user_metadata: str) -> bool:
        fields = [
            rows.schema.field(column.name).with_metadata({"comment": column.description})
            for column in contract.columns
        ]
        self._write(
            pa.table(rows.columns, schema=pa.schema(fields)),
            user_metadata,
            self._path,
            max_commit_retries=0,  # a second attempt would add the rows to those of a writer that was first
            mode="error",
            name=contract.name,
            description=contract.description,
            configuration=_PROPERTIES,
        )
        return True

    def _append(self, rows: pa.Table, user_metadata: str) -> None:
        self._write(rows, user_metadata, mode="append")

    def _append_new(
        self, column: str, value: str, choose: Callable[[pa.Table], pa.Table], user_metadata: str
    ) -> None:
        table = self._open()  # of its own: a write by another thread would move a shared one on
        with self._naming_damage():
            present = arrow_dataset(table, self._path).to_table(filter=ds.field(column) == value)
        rows = choose(present)
        if rows.num_rows:
            # Of two commits on one version that name the same transaction, the second fails.
            turn = Transaction(f"{column}={value}", table.version() + 1)
            self._write(self.checked(rows), user_metadata, table, [turn], mode="append")

    def _overwrite(
        self, rows: pa.Table, column: str | None, values: Sequence[str], user_metadata: str
    ) -> None:
        listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
        condition: dict[str, Any] = {"predicate": f'"{column}" IN ({listed})'} if column else {}
        self._write(rows, user_metadata, mode="overwrite", **condition)

    def _write(
        self,
        rows: pa.Table,
        user_metadata: str,
        table: DeltaTable | Path | None = None,
        turns: Sequence[Transaction] = (),
        max_commit_retries: int | None = None,
        **how: Any,
    ) -> None:
        metadata = {"userMetadata": user_metadata}
        properties = CommitProperties(
            custom_metadata=metadata, max_commit_retries=max_commit_retries, app_transactions=[*turns]
        )
        try:
            write_deltalake(
                table or self._table(),
                rows,
                commit_properties=properties,
                writer_properties=_WRITER_PROPERTIES,
                **how,
            )
        except CommitFailedError as error:
            raise CommitConflict(f"{self.location}: another writer committed first") from error

    def _history(self, limit: int | None = None) -> Iterator[Commit]:
        for commit in self._table().history(limit):
            committed_at = dt.datetime.fromtimestamp(commit["timestamp"] / 1000, tz=dt.UTC)
            yield Commit(
                commit["version"], commit.get("operation", ""), committed_at, commit.get("userMetadata")
            )

    def _properties(self) -> Mapping[str, str]:
        return self._table().metadata().configuration

    def _vacuum(self, hours: int) -> bool:
        self._table().vacuum(retention_hours=hours, dry_run=False, enforce_retention_duration=True)
        return True


def _schema(table: DeltaTable) -> StructType:
    return StructType.fromJson(json.loads(table.schema().to_json()))


def _without_comment(column: StructField) -> Column:
    """The same values as a column that Sail treats as computed.

    Sail 0.7.2 keeps a Delta column's comment in its physical plan and loses it in the logical one, and then refuses
    some aggregations ("Physical input schema should be the same …"). This expression changes no value and drops the
    comment.
    """
    return F.coalesce(F.col(column.name), F.lit(None).cast(column.dataType)).alias(column.name)


def _field(column: TableColumn) -> Field:
    kind = Field.from_arrow(pa.field(column.name, column.type.arrow)).type
    return Field(column.name, kind, nullable=True, metadata={"comment": column.description})
