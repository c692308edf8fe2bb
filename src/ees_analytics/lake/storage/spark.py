"""Delta tables of JVM Spark and Databricks: a three-level name, or a local path."""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
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
"""Open-source Unity Catalog refuses maintenance of its managed tables; Databricks does not."""

_LOST_RACE = ("DELTA_CONCURRENT", "ConcurrentAppendException", "ConcurrentModificationException")

_CREATION_SECONDS = 30.0
"""How long to wait for a table that another writer is creating."""


class SparkStorage:
    """A Delta table by path or name. Writes go through ``writeTo``, which keeps comments and properties.

    ``writeTo`` matches columns by name and fills a missing one with null, so the table dataset has checked the rows
    against the contract before they come here.
    """

    def __init__(self, engine: str, location: Path | str) -> None:
        """Args: a folder as a ``Path``, or a three-level name."""
        self._engine = engine
        self._path = location if isinstance(location, Path) else None
        self._identifier = f"delta.`{self._path}`" if self._path else str(location)

    @property
    def location(self) -> str:
        """The path or the three-level name."""
        return str(self._path or self._identifier)

    def exists(self) -> bool:
        """True where the catalogue has the name, or the folder's Delta log has a commit or a checkpoint."""
        if self._path:
            # The folder of the log is there before the first commit.
            log = self._path / "_delta_log"
            return any(next(log.glob(kind), None) for kind in ("[0-9]*.json", "[0-9]*.checkpoint*"))
        return bool(self._session.catalog.tableExists(self._identifier))

    def create(self, contract: TableContract) -> None:
        """Create the table with column comments and retention properties; harmless where it exists."""
        if self.exists():
            return
        if not self._path:
            schema = self._identifier.rpartition(".")[0]
            if not self._session.catalog.databaseExists(schema):
                self._session.sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        writer = (
            self._session.createDataFrame([], _spark_schema(contract))
            .writeTo(self._identifier)
            .using("delta")
        )
        for name, value in TABLE_PROPERTIES.items():
            writer = writer.tableProperty(name, value)
        try:
            writer.create()
        except Exception:  # another writer may be creating it
            if not self._is_created_by_another_writer():
                raise

    def frame(self) -> DataFrame:
        """The table as a lazy DataFrame."""
        return self._session.table(self._identifier)

    def rows(
        self, column: str | None = None, values: Sequence[str] = (), limit: int | None = None
    ) -> pa.Table:
        """The table's rows, those of some slices, or the first few."""
        frame = self.frame()
        if column is not None:
            frame = frame.where(self._in_slices(column, values))
        return (frame if limit is None else frame.limit(limit)).toArrow()

    def count(self) -> int:
        """The number of rows."""
        return int(self.frame().count())

    def slice_counts(self, column: str) -> dict[str, int]:
        """Rows per value of the slice column."""
        counted = self.frame().groupBy(F.col(column).cast("string").alias("slice")).count().collect()
        return {row["slice"]: row["count"] for row in counted}

    def append(self, rows: pa.Table, commit_metadata: Mapping[str, str]) -> None:
        """Add rows in one commit."""
        self._commit(lambda: self._writer(rows, commit_metadata).append())

    def replace(
        self, rows: pa.Table, column: str, values: Sequence[str], commit_metadata: Mapping[str, str]
    ) -> None:
        """Replace the slices in one commit; rows outside them are refused."""
        condition = self._in_slices(column, values)
        self._commit(lambda: self._writer(rows, commit_metadata).overwrite(condition))

    def overwrite(self, rows: pa.Table, commit_metadata: Mapping[str, str]) -> None:
        """Replace all rows in one commit; comments, constraints and properties stay."""
        self._commit(lambda: self._writer(rows, commit_metadata).overwrite(F.lit(True)))

    def last_change(self) -> Change | None:
        """The newest commit that changed rows."""
        history = self._session.sql(f"DESCRIBE HISTORY {self._identifier} LIMIT 50").collect()
        return newest_change(
            (commit["operation"], commit["timestamp"].astimezone(dt.UTC), commit["userMetadata"])
            for commit in history
        )

    def optimize(self) -> None:
        """Merge small files."""
        self._maintain("OPTIMIZE")

    def vacuum(self, days: int) -> None:
        """Delete files that no version of the last days needs."""
        detail = self._session.sql(f"DESCRIBE DETAIL {self._identifier}").select("properties").collect()
        kept = days_to_keep(days, detail[0]["properties"])
        with _few_listing_tasks(self._session):
            self._maintain("VACUUM", f" RETAIN {kept * 24} HOURS")

    def _maintain(self, operation: str, options: str = "") -> None:
        """Run a maintenance statement, except where the catalogue does its own maintenance."""
        try:
            self._session.sql(f"{operation} {self._identifier}{options}")
        except Exception as error:  # classic Spark raises py4j's, Connect pyspark's
            if _OWNED_BY_CATALOG not in str(error):
                raise
            logger.info(
                "%s: %s was not run: the catalogue maintains this table itself.", self.location, operation
            )

    def _is_created_by_another_writer(self) -> bool:
        end = time.monotonic() + _CREATION_SECONDS
        while not (created := self.exists()) and time.monotonic() < end:
            time.sleep(0.5)
        return created

    @property
    def _session(self) -> SparkSession:
        return spark_session(self._engine)

    def _writer(self, rows: pa.Table, commit_metadata: Mapping[str, str]) -> Any:
        frame = self._session.createDataFrame(decoded(rows))
        return frame.writeTo(self._identifier).option("userMetadata", json.dumps(dict(commit_metadata)))

    def _in_slices(self, column: str, values: Sequence[str]) -> Any:
        kind = self.frame().schema[column].dataType
        return F.col(column).isin(*[F.lit(value).cast(kind) for value in values])

    def _commit(self, write: Callable[[], None]) -> None:
        try:
            write()
        except Exception as error:  # classic Spark raises py4j's, Connect pyspark's, delta-spark its own
            if any(mark in str(error) for mark in _LOST_RACE):
                raise CommitConflict(f"{self.location}: another writer committed first") from error
            raise


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


def _spark_schema(contract: TableContract) -> StructType:
    """The contract's columns as a Spark schema, descriptions as column comments."""
    plain = from_arrow_schema(contract.arrow_schema, prefer_timestamp_ntz=False)
    return StructType(
        [
            StructField(column.name, field.dataType, True, {"comment": column.description})
            for column, field in zip(contract.columns, plain, strict=True)
        ]
    )
