"""Delta tables of JVM Spark and Databricks: a three-level name, or a local path."""

import datetime as dt
import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import Column, DataFrame, DataFrameWriterV2, SparkSession
from pyspark.sql import functions as F

from ees_analytics.contracts.casting import decoded
from ees_analytics.contracts.columns import Columns, columns_of
from ees_analytics.contracts.contract import Column as TableColumn
from ees_analytics.contracts.contract import TableContract
from ees_analytics.contracts.large import LargeRows, rows_by_value
from ees_analytics.lake.engine import Engine, refuse_ended_engine, spark_session
from ees_analytics.lake.storage.base import TABLE_PROPERTIES, CommitConflict, TableStorage
from ees_analytics.lake.storage.damage import refuse_empty_commit
from ees_analytics.lake.storage.history import Commit
from ees_analytics.transforms.local_rows import empty_frame, frame_of

if TYPE_CHECKING:
    from ees_analytics.lake.storage.delta_rs import DeltaRsStorage

logger = logging.getLogger(__name__)

_OWNED_BY_CATALOG = "DELTA_UNSUPPORTED_CATALOG_MANAGED_TABLE_OPERATION"
"""Open-source Unity Catalog refuses maintenance of its managed tables; Databricks does not."""

_DAMAGE = (
    "FAILED_READ_FILE",
    "DELTA_TRUNCATED_TRANSACTION_LOG",
    "DELTA_VERSIONS_NOT_CONTIGUOUS",
    "DELTA_STATE_RECOVER",
    "DELTA_MISSING_PART_FILES",
    "DELTA_FILE_NOT_FOUND",
    "fs.ChecksumException",
    "JsonParseException",
    "JsonEOFException",
)
"""What Spark reports where a file of the log or the data is missing or cannot be read."""

_FILE_BYTES = 128 * 2**20
"""A write makes a file for each of these; Spark itself would make one for every 10,000 rows of a large table."""

_FILE_ROWS = 1_000_000
"""The same for rows that stay on the engine, of which only the number is known."""

_LOCAL_BYTES = 2**18
"""Rows up to this size are sent with the query: a parquet file of them would take longer."""

_GLOB = re.compile(r"[\\\[\]{}*?]")
"""What Spark takes for a pattern in the path of a file."""

_LOST_RACE = (
    "DELTA_CONCURRENT",
    "DELTA_METADATA_CHANGED",
    "ConcurrentAppendException",
    "ConcurrentModificationException",
)


class SparkStorage(TableStorage):
    """A Delta table by path or name. Writes go through ``writeTo``, which keeps comments and properties.

    ``writeTo`` matches columns by name and fills a missing one with null, so the table dataset has checked the rows
    against the contract before they come here.
    """

    _creation_seconds = 30.0

    def __init__(self, contract: TableContract, engine: str, location: Path | str) -> None:
        """Args: the location is a folder as a ``Path``, or a three-level name."""
        super().__init__(contract, location if isinstance(location, Path) else None)
        self._engine = Engine(engine)
        self._identifier = f"delta.`{self._path}`" if self._path else str(location)
        self._looked_up: tuple[object, DataFrame] | None = None

    @property
    def location(self) -> str:
        """The path or the three-level name."""
        return str(self._path or self._identifier)

    @cached_property
    def _folder(self) -> "DeltaRsStorage | None":
        """The same table, read without the JVM; None in a catalogue, and where delta-rs may not be installed."""
        if not (self._path and self._engine is Engine.SPARK):
            return None
        from ees_analytics.lake.storage.delta_rs import DeltaRsStorage

        return DeltaRsStorage(self._contract, self._path)

    @property
    def _files(self) -> "DeltaRsStorage | None":
        """The same table where its rows can be read without the JVM, in a tenth of the time of a query; else None."""
        if self._at_version is None and self._folder and self._folder.plain_files():
            return self._folder
        return None

    def exists(self) -> bool:
        """True where the catalogue has the name, or the folder's Delta log has a commit or a checkpoint."""
        if self._path:
            # The folder of the log is there before the first commit.
            log = self._path / "_delta_log"
            return any(next(log.glob(kind), None) for kind in ("[0-9]*.json", "[0-9]*.checkpoint*"))
        try:
            self.frame()
        except Exception:
            return bool(self._session.catalog.tableExists(self._identifier))
        return True

    def frame(self) -> DataFrame:
        """The table as a lazy DataFrame."""
        with self._naming_damage():
            if self._path:
                refuse_empty_commit(self._contract, self._path)
            if self._at_version is not None:
                earlier = f"SELECT * FROM {self._identifier} VERSION AS OF {self._at_version}"  # noqa: S608
                frame = self._session.sql(earlier)
                _ = frame.schema  # Spark Connect reads the log only now
                return frame
            state = (self._session, self.version())
            if self._looked_up is None or self._looked_up[0] != state or not self._known_columns:
                frame = self._frame_of_files() or self._session.table(self._identifier)
                self._known_columns, self._known_at = _columns_of(frame), state[1]
                self._looked_up = (state, frame)
            # A query of its own: through Delta it reads the newest rows.
            return self._looked_up[1].select("*")

    def _frame_of_files(self) -> DataFrame | None:
        """The data files of a local folder, as parquet: every query of a Delta table begins with queries of its log.

        None of a table of a catalogue, and where a file may hold more than the table's rows.
        """
        plain = self._folder.plain_files() if self._folder else None
        if plain is None:
            return None
        files, schema = plain
        if not files:
            return empty_frame(schema, self._session)
        paths = [_GLOB.sub(r"\\\g<0>", str(file)) for file in files]
        return self._session.read.schema(schema).parquet(*paths)

    def rows(
        self,
        column: str | None = None,
        values: Sequence[str] = (),
        limit: int | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """The table's rows, those of some slices, or the first few."""
        if files := self._files:
            return files.rows(column, values, limit, columns)
        frame = self.frame()
        if column is not None:
            frame = frame.where(self._in_slices(column, values))
        with self._naming_damage():
            frame = frame if columns is None else frame.select(*columns)
            return (frame if limit is None else frame.limit(limit)).toArrow()

    def rows_before(self, column: str, moment: dt.datetime) -> pa.Table:
        """The rows whose time in this column is before a moment."""
        if files := self._files:
            return files.rows_before(column, moment)
        with self._naming_damage():
            return self.frame().where(F.col(column) < F.lit(moment)).toArrow()

    def count(self) -> int:
        """The number of rows."""
        if files := self._files:
            return files.count()
        with self._naming_damage():
            return int(self.frame().count())

    def count_lacking(self, columns: Sequence[str]) -> int:
        """The number of rows that have null in one of these columns."""
        if files := self._files:
            return files.count_lacking(columns)
        is_lacking = reduce(Column.__or__, [F.col(column).isNull() for column in columns])
        with self._naming_damage():
            return int(self.frame().where(is_lacking).count())

    def slice_counts(self, column: str) -> dict[str, int]:
        """Rows per value of the slice column."""
        if files := self._files:
            return files.slice_counts(column)
        with self._naming_damage():
            return rows_by_value(self.frame(), column)

    def _has_small_files(self, most: int, under_bytes: int) -> bool:
        """True where there are more files, and they are below that size on average."""
        detail = self._session.sql(f"DESCRIBE DETAIL {self._identifier}").select("numFiles", "sizeInBytes")
        files, size = detail.collect()[0]
        return bool(files > most and size < files * under_bytes)

    def optimize(self) -> bool:
        """Merge small files; False where the catalogue does that itself."""
        return self._maintain("OPTIMIZE")

    def _columns(self) -> Columns:
        return _columns_of(self.frame())

    def _add_columns(self, columns: Sequence[TableColumn]) -> None:
        listed = ", ".join(map(_declared, columns))
        self._session.sql(f"ALTER TABLE {self._identifier} ADD COLUMNS ({listed})")

    def _create(self, contract: TableContract) -> None:
        if not self._path:
            schema = self._identifier.rpartition(".")[0]
            if not self._session.catalog.databaseExists(schema):
                self._session.sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        # Sail, which may read the folder too, fails at some queries of columns that are NOT NULL.
        keys = () if self._path else contract.key
        columns = ", ".join(
            _declared(column, required=column.name in keys and not column.nullable)
            for column in contract.columns
        )
        properties = ", ".join(f"'{name}' = '{value}'" for name, value in TABLE_PROPERTIES.items())
        try:
            self._session.sql(
                f"CREATE TABLE {self._identifier} ({columns}) USING delta COMMENT {_literal(contract.description)} "
                f"TBLPROPERTIES ({properties})"
            )
        except Exception as error:
            refuse_ended_engine(error)
            raise
        self._known_columns, self._known_at = columns_of(contract), self.version()

    def _create_with_rows(
        self, contract: TableContract, rows: pa.Table | LargeRows, user_metadata: str
    ) -> bool:
        """In a local folder only, where it takes half the time of two commits.

        A table of a catalogue has key columns that are NOT NULL, which only an empty table can declare.
        """
        if self._folder is None:
            return False
        options = {**TABLE_PROPERTIES, "userMetadata": user_metadata}
        try:
            with self._as_frame(rows) as frame:
                described = [  # columns cannot be named before there is a session
                    F.col(column.name).alias(column.name, metadata={"comment": column.description})
                    for column in contract.columns
                ]
                writer = frame.select(*described).write.format("delta").options(**options)
                writer.mode("errorifexists").save(self.location)
        except Exception as error:
            refuse_ended_engine(error)
            raise
        try:  # Spark's writer has no option for it
            self._folder._table().alter.set_table_description(contract.description)
        except Exception as error:  # the rows are committed
            logger.warning("%s: the table has no description (%s).", self.location, error)
        return True

    def _append(self, rows: pa.Table, user_metadata: str) -> None:
        self._write(rows, user_metadata, lambda writer: writer.append())

    def _overwrite(
        self, rows: pa.Table | LargeRows, column: str | None, values: Sequence[str], user_metadata: str
    ) -> None:
        condition = self._in_slices(column, values) if column else F.lit(True)
        self._write(rows, user_metadata, lambda writer: writer.overwrite(condition))

    def _write(
        self, rows: pa.Table | LargeRows, user_metadata: str, write: Callable[[DataFrameWriterV2], None]
    ) -> None:
        try:
            with self._as_frame(rows) as frame:
                write(frame.writeTo(self._identifier).option("userMetadata", user_metadata))
        except Exception as error:  # classic Spark raises py4j's, Connect pyspark's, delta-spark its own
            if any(mark in str(error) for mark in _LOST_RACE):
                raise CommitConflict(f"{self.location}: another writer committed first") from error
            raise

    @contextmanager
    def _as_frame(self, rows: pa.Table | LargeRows) -> Iterator[DataFrame]:
        """The rows in the session, through a parquet file where they are many and it reads this machine's disk."""
        if isinstance(rows, LargeRows):
            yield rows.in_order().coalesce(rows.num_rows // _FILE_ROWS + 1)
            return
        files = rows.nbytes // _FILE_BYTES + 1
        if self._engine is not Engine.SPARK or rows.nbytes < _LOCAL_BYTES:
            yield frame_of(decoded(rows), self._session).coalesce(files)
            return
        # An error after the commit would have the rows written again.
        with TemporaryDirectory(prefix="ees-analytics-", ignore_cleanup_errors=True) as folder:
            pq.write_table(rows, f"{folder}/rows.parquet")
            frame = self._session.read.parquet(folder)  # in one task
            yield frame.repartition(files) if files > 1 else frame

    def _in_slices(self, column: str, values: Sequence[str]) -> Column:
        kind = self.columns()[column]
        return F.col(column).isin(*[F.lit(value).cast(kind) for value in values])

    def _is_damage(self, error: Exception) -> bool:
        if self._folder and self._folder._is_damage(error):
            return True
        return any(mark in str(error) for mark in _DAMAGE)

    def _reason(self, error: Exception) -> str:
        """The line that names the file, of a report with Java's stack traces."""
        lines = [line for line in str(error).splitlines() if any(mark in line for mark in _DAMAGE)]
        return lines[0].partition("Exception: ")[2] or lines[0] if lines else super()._reason(error)

    def _history(self, limit: int | None = None) -> Iterator[Commit]:
        if self._folder:  # a tenth of the time of Spark's query
            yield from self._folder._history(limit)
            return
        newest = f" LIMIT {limit}" if limit else ""
        for commit in self._session.sql(f"DESCRIBE HISTORY {self._identifier}{newest}").collect():
            committed_at = commit["timestamp"].astimezone(dt.UTC)
            yield Commit(commit["version"], commit["operation"], committed_at, commit["userMetadata"])

    def _properties(self) -> Mapping[str, str]:
        detail = self._session.sql(f"DESCRIBE DETAIL {self._identifier}").select("properties").collect()
        return dict(detail[0]["properties"])

    def _vacuum(self, hours: int) -> bool:
        with _few_listing_tasks(self._session):
            return self._maintain("VACUUM", f" RETAIN {hours} HOURS")

    def _maintain(self, operation: str, options: str = "") -> bool:
        """Run a maintenance statement; False where the catalogue refuses it, because it maintains the table itself."""
        try:
            self._session.sql(f"{operation} {self._identifier}{options}")
        except Exception as error:  # classic Spark raises py4j's, Connect pyspark's
            if _OWNED_BY_CATALOG not in str(error):
                raise
            logger.info(
                "%s: %s was not run: the catalogue maintains this table itself.", self.location, operation
            )
            return False
        return True

    @property
    def _session(self) -> SparkSession:
        return spark_session(self._engine)


_LISTING = "spark.sql.sources.parallelPartitionDiscovery.parallelism"
_listing_lock = threading.Lock()


@contextmanager
def _few_listing_tasks(session: SparkSession) -> Iterator[None]:
    """Let VACUUM list a table's files in 16 tasks: by Spark's default it uses 10,000, nearly all of them empty."""
    with _listing_lock:
        try:
            before = session.conf.get(_LISTING)
            session.conf.set(_LISTING, "16")
        except Exception:  # compute that does not allow it
            yield
            return
        try:
            yield
        finally:
            session.conf.set(_LISTING, str(before))


def _declared(column: TableColumn, *, required: bool = False) -> str:
    """The column as SQL declares it."""
    return f"`{column.name}` {column.type}{' NOT NULL' if required else ''} COMMENT {_literal(column.description)}"


def _columns_of(frame: DataFrame) -> Columns:
    return {field.name: field.dataType.simpleString().upper() for field in frame.schema}


def _literal(text: str) -> str:
    """The text as a literal of Spark SQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
