"""Delta tables of JVM Spark and Databricks: a three-level name, or a local path."""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructField, StructType

from ees_analytics.contracts.casting import decoded
from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.engine import spark_session
from ees_analytics.lake.storage.base import (
    TABLE_PROPERTIES,
    Change,
    CommitConflict,
    days_to_keep,
    newest_change,
)

logger = logging.getLogger(__name__)

_OWNED_BY_CATALOG = "DELTA_UNSUPPORTED_CATALOG_MANAGED_TABLE_OPERATION"
"""Open-source Unity Catalog keeps maintenance of its managed tables to itself; Databricks does not."""

_LOST_RACE = ("DELTA_CONCURRENT", "ConcurrentAppendException", "ConcurrentModificationException")


class SparkStorage:
    """A Delta table by name or path. Writes go through ``writeTo``, which keeps comments and properties.

    Spark enforces no contract by name (1.7 becomes 1 in an INT column, a missing column becomes null): the
    table dataset has cast and refused before rows come here.
    """

    def __init__(
        self, engine: str, path: Path | None, identifier: str | None, lake_root: str | None = None
    ) -> None:
        if (path is None) == (identifier is None):
            raise ValueError("a Spark table is either a path or a name")
        self._engine = engine
        self._catalog = identifier.split(".")[0] if identifier else None
        self._lake_root = lake_root
        self._path = path
        self._identifier = identifier or f"delta.`{self._path}`"

    @property
    def place(self) -> str:
        """The path or the three-level name."""
        return str(self._path or self._identifier)

    def exists(self) -> bool:
        """True where the catalogue knows the name, or the folder holds a Delta log."""
        if self._path:
            return (self._path / "_delta_log").is_dir()
        return bool(self._session().catalog.tableExists(self._identifier))

    def create(self, contract: TableContract) -> None:
        """Create the table with column comments and retention properties; harmless where it exists."""
        if self.exists():
            return
        if not self._path:
            schema = self._identifier.rpartition(".")[0]
            if not self._session().catalog.databaseExists(schema):
                self._session().sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        writer = (
            self._session()
            .createDataFrame([], spark_schema(contract))
            .writeTo(self._identifier)
            .using("delta")
        )
        for name, value in TABLE_PROPERTIES.items():
            writer = writer.tableProperty(name, value)
        try:
            writer.create()
        except Exception:  # another writer may be creating it: its folder is there before its name is
            if not self._appears():
                raise

    def frame(self) -> DataFrame:
        """The table as a lazy DataFrame."""
        return self._session().table(self._identifier)

    def rows(self, column: str | None = None, value: str | None = None, limit: int | None = None) -> pa.Table:
        """The table's rows, or those of one slice, or the first few."""
        frame = self.frame()
        if column is not None:
            frame = frame.where(self._in_slices(column, [str(value)]))
        return (frame if limit is None else frame.limit(limit)).toArrow()

    def rows_in(self, column: str, values: Sequence[str]) -> pa.Table:
        """The rows whose column has one of these values."""
        return self.frame().where(self._in_slices(column, values)).toArrow()

    def count(self) -> int:
        """How many rows the table holds."""
        return int(self.frame().count())

    def slice_counts(self, column: str) -> dict[str, int]:
        """Rows per value of the slice column."""
        counted = self.frame().groupBy(F.col(column).cast("string").alias("slice")).count().collect()
        return {row["slice"]: row["count"] for row in counted}

    def append(self, rows: pa.Table, note: Mapping[str, str]) -> None:
        """Add rows in one commit."""
        self._commit(lambda: self._writer(rows, note).append())

    def replace(self, rows: pa.Table, column: str, values: Sequence[str], note: Mapping[str, str]) -> None:
        """Replace the slices in one commit; rows outside them are refused."""
        self._commit(lambda: self._writer(rows, note).overwrite(self._in_slices(column, values)))

    def overwrite(self, rows: pa.Table, note: Mapping[str, str]) -> None:
        """Replace all rows in one commit; the table and what belongs to it stay."""
        self._commit(lambda: self._writer(rows, note).overwrite(F.lit(True)))

    def last_change(self) -> Change | None:
        """The newest commit that changed rows."""
        history = self._session().sql(f"DESCRIBE HISTORY {self._identifier} LIMIT 50").collect()
        return newest_change(
            (commit["operation"], commit["timestamp"].astimezone(dt.UTC), commit["userMetadata"])
            for commit in history
        )

    def optimize(self) -> None:
        """Merge small files."""
        self._tidy("OPTIMIZE")

    def vacuum(self, days: int) -> None:
        """Delete what no version of the last days needs."""
        detail = self._session().sql(f"DESCRIBE DETAIL {self._identifier}").select("properties").collect()
        kept = days_to_keep(days, detail[0]["properties"])
        with few_listing_tasks(self._session()):
            self._tidy("VACUUM", f" RETAIN {kept * 24} HOURS")

    def _tidy(self, operation: str, how: str = "") -> None:
        """Run a maintenance statement, unless the table's catalogue leaves that to nobody else."""
        try:
            self._session().sql(f"{operation} {self._identifier}{how}")
        except Exception as error:  # classic Spark raises py4j's, Connect pyspark's
            if _OWNED_BY_CATALOG not in str(error):
                raise
            logger.info("%s: %s is the catalogue's own business; left to it.", self.place, operation)

    def _appears(self, seconds: float = 30.0) -> bool:
        """Wait for a table that another writer is creating."""
        end = time.monotonic() + seconds
        while not (there := self.exists()) and time.monotonic() < end:
            time.sleep(0.5)
        return there

    def _session(self) -> SparkSession:
        return spark_session(self._engine, self._catalog, self._lake_root)

    def _writer(self, rows: pa.Table, note: Mapping[str, str]) -> Any:
        frame = self._session().createDataFrame(decoded(rows))
        return frame.writeTo(self._identifier).option("userMetadata", json.dumps(dict(note)))

    def _in_slices(self, column: str, values: Sequence[str]) -> Any:
        kind = self.frame().schema[column].dataType
        return F.col(column).isin(*[F.lit(value).cast(kind) for value in values])

    def _commit(self, write: Any) -> None:
        try:
            write()
        except Exception as error:  # classic Spark raises py4j's, Connect pyspark's, delta-spark its own
            if any(mark in str(error) for mark in _LOST_RACE):
                raise CommitConflict(f"{self.place}: another writer committed first") from error
            raise


_LISTING = "spark.sql.sources.parallelPartitionDiscovery.parallelism"
_set_by_one = threading.Lock()


@contextmanager
def few_listing_tasks(session: SparkSession) -> Iterator[None]:
    """Let VACUUM list a table's files in 16 tasks: by Spark's own setting it takes 10,000, nearly all of them empty."""
    with _set_by_one:
        try:
            before = session.conf.get(_LISTING)
            session.conf.set(_LISTING, "16")
        except Exception:  # compute that lets nobody change it
            yield
            return
        try:
            yield
        finally:
            session.conf.set(_LISTING, str(before))


def spark_schema(contract: TableContract) -> StructType:
    """The contract's columns as a Spark schema, descriptions as column comments."""
    plain = from_arrow_schema(contract.arrow_schema, prefer_timestamp_ntz=False)
    return StructType(
        [
            StructField(column.name, field.dataType, True, {"comment": column.description})
            for column, field in zip(contract.columns, plain, strict=True)
        ]
    )
