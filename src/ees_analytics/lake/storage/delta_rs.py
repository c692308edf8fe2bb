"""Delta tables in local folders: read through Sail, written through delta-rs."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import CommitProperties, DeltaTable, Field, Schema, write_deltalake
from deltalake.exceptions import CommitFailedError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.engine import Engine, spark_session
from ees_analytics.lake.storage.base import (
    TABLE_PROPERTIES,
    Change,
    CommitConflict,
    days_to_keep,
    newest_change,
)


class DeltaRsStorage:
    """A Delta table that is a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._folder())

    def exists(self) -> bool:
        """True where the folder holds a Delta log."""
        return DeltaTable.is_deltatable(self.place)

    def create(self, contract: TableContract) -> None:
        """Create the table with column comments and retention properties; harmless where it exists."""
        fields = [
            Field.from_arrow(field) if not field.metadata else _with_comment(field)
            for field in contract.arrow_schema
        ]
        self._path.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(
            self._path,
            schema=Schema(fields),
            mode="ignore",
            name=contract.name,
            description=contract.description,
            configuration=dict(TABLE_PROPERTIES),
        )

    def frame(self) -> DataFrame:
        """The table as a lazy DataFrame of the embedded engine."""
        return without_comments(spark_session(Engine.SAIL).read.format("delta").load(self.place))

    def rows(self, column: str | None = None, value: str | None = None, limit: int | None = None) -> pa.Table:
        """The table's rows, or those of one slice, or the first few; no engine is started for it."""
        dataset = self._dataset()
        where = None if column is None else ds.field(column) == _typed(dataset.schema, column, value)
        return dataset.to_table(filter=where) if limit is None else dataset.head(limit, filter=where)

    def rows_in(self, column: str, values: Sequence[str]) -> pa.Table:
        """The rows whose column has one of these values."""
        dataset = self._dataset()
        wanted = pa.array(values, pa.string()).cast(dataset.schema.field(column).type)
        return dataset.to_table(filter=ds.field(column).isin(wanted))

    def count(self) -> int:
        """How many rows the table holds."""
        return int(self._dataset().count_rows())

    def slice_counts(self, column: str) -> dict[str, int]:
        """Rows per value of the slice column."""
        values = self._dataset().to_table(columns=[column])[column]
        counted = values.value_counts()
        texts = pc.cast(counted.field("values"), pa.string()).to_pylist()
        return dict(zip(texts, counted.field("counts").to_pylist(), strict=True))

    def append(self, rows: pa.Table, note: Mapping[str, str]) -> None:
        """Add rows in one commit."""
        self._commit(rows, note, mode="append")

    def replace(self, rows: pa.Table, column: str, values: Sequence[str], note: Mapping[str, str]) -> None:
        """Replace the slices in one commit; rows outside them are refused."""
        listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
        self._commit(rows, note, mode="overwrite", predicate=f'"{column}" IN ({listed})')

    def overwrite(self, rows: pa.Table, note: Mapping[str, str]) -> None:
        """Replace all rows in one commit."""
        self._commit(rows, note, mode="overwrite")

    def last_change(self) -> Change | None:
        """The newest commit that changed rows."""
        return newest_change(
            (
                commit.get("operation", ""),
                dt.datetime.fromtimestamp(commit["timestamp"] / 1000, tz=dt.UTC),
                commit.get("userMetadata"),
            )
            for commit in DeltaTable(self.place).history(limit=50)
        )

    def optimize(self) -> None:
        """Merge small files, and write the checkpoint that spares readers the single commits."""
        table = DeltaTable(self.place)
        table.optimize.compact()
        table.create_checkpoint()

    def vacuum(self, days: int) -> None:
        """Delete what no version of the last days needs."""
        table = DeltaTable(self.place)
        kept = days_to_keep(days, table.metadata().configuration)
        table.vacuum(retention_hours=kept * 24, dry_run=False, enforce_retention_duration=True)

    def _folder(self) -> Path:
        return self._path

    def _dataset(self) -> ds.Dataset:
        return DeltaTable(self.place).to_pyarrow_dataset()

    def _commit(self, rows: pa.Table, note: Mapping[str, str], **how: Any) -> None:
        properties = CommitProperties(custom_metadata={"userMetadata": json.dumps(dict(note))})
        try:
            write_deltalake(DeltaTable(self.place), rows, commit_properties=properties, **how)
        except CommitFailedError as error:
            raise CommitConflict(f"{self.place}: another writer committed first") from error


class SailCatalogStorage(DeltaRsStorage):
    """A named table of Sail's memory catalogue; its rows are a local Delta table.

    The memory catalogue lives as long as the process, so a table that lies in its folder from an earlier
    process is registered again.
    """

    def __init__(self, identifier: str, path: Path) -> None:
        super().__init__(path)
        self._identifier = identifier

    @property
    def place(self) -> str:
        """The folder that the name stands for."""
        return str(self._folder())

    def exists(self) -> bool:
        """True where the catalogue knows the name, or its folder holds a table (which is registered then)."""
        if self._is_registered():
            return True
        if not DeltaTable.is_deltatable(str(self._path)):
            return False
        self._register()
        return True

    def create(self, contract: TableContract) -> None:
        """Create the table in its folder and register its name."""
        super().create(contract)
        if not self._is_registered():
            self._register()

    def frame(self) -> DataFrame:
        """The named table as a lazy DataFrame."""
        return without_comments(self._session().table(self._identifier))

    def _session(self) -> SparkSession:
        return spark_session(Engine.SAIL, catalog=self._identifier.split(".")[0])

    def _is_registered(self) -> bool:
        return bool(self._session().catalog.tableExists(self._identifier))

    def _register(self) -> None:
        schema = self._identifier.rpartition(".")[0]
        self._session().sql(f"CREATE DATABASE IF NOT EXISTS {schema}")
        self._session().sql(
            f"CREATE TABLE IF NOT EXISTS {self._identifier} USING delta LOCATION '{self._path.as_posix()}'"
        )

    def _folder(self) -> Path:
        if not self._is_registered():
            return self._path
        described = self._session().sql(f"DESCRIBE TABLE EXTENDED {self._identifier}").collect()
        location = next(row["data_type"] for row in described if row["col_name"] == "Location")
        return Path(location.removeprefix("file://")).absolute()


def without_comments(frame: DataFrame) -> DataFrame:
    """The same rows from columns that Sail takes for computed ones.

    Sail 0.7.2 keeps a Delta column's comment in its physical plan and loses it in the logical one, and then refuses
    some aggregations ("Physical input schema should be the same …"). Of the expressions that change nothing, this one
    makes it forget the comment.
    """
    return frame.select(
        *[F.coalesce(F.col(name), F.lit(None).cast(kind)).alias(name) for name, kind in frame.dtypes]
    )


def _with_comment(field: pa.Field) -> Field:
    delta = Field.from_arrow(field.remove_metadata())
    return Field(
        delta.name,
        delta.type,
        nullable=delta.nullable,
        metadata={"comment": field.metadata[b"comment"].decode()},
    )


def _typed(schema: pa.Schema, column: str, value: str | None) -> pa.Scalar:
    return pa.scalar(value, pa.string()).cast(schema.field(column).type)
