"""Frozen tables: read from parquet files, and written once."""

import logging
from collections.abc import Collection
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from kedro.io import AbstractDataset, DatasetError
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ees_analytics.console.text import counted
from ees_analytics.contracts.casting import conform
from ees_analytics.contracts.checks import finite_failures
from ees_analytics.contracts.contract import ColumnType, ContractError, TableContract, contract_with_columns
from ees_analytics.contracts.digest import FAST, digest
from ees_analytics.lake.dataset import LakeDataset
from ees_analytics.lake.storage import TableStorage

logger = logging.getLogger(__name__)


class ParquetTableDataset(AbstractDataset[None, pa.Table]):
    """One parquet file as Arrow, with the types of the file. Read-only.

    Args:
        filepath: The file's path.
        metadata: For Kedro and its plugins.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = filepath
        self.metadata = metadata

    def load(self) -> pa.Table:
        """The file's rows.

        Raises:
            DatasetError: The file cannot be read.
        """
        try:
            return pq.ParquetFile(self._filepath).read().replace_schema_metadata(None)
        except (OSError, pa.ArrowException) as error:
            raise DatasetError(f"{self._filepath} cannot be read as parquet: {error}") from error

    def save(self, data: None) -> None:
        """Refused."""
        raise DatasetError(f"{self._filepath}: this dataset is read-only")

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}


class FrozenImportDataset(LakeDataset[pa.Table, None]):
    """Fills a frozen table once. Write-only.

    Saving casts to the contract, creates the table and writes all rows in one commit. A table that has rows is
    refused. Columns beyond the contract are kept where it allows them.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if not self._contract.frozen:
            raise DatasetError(f"{self._contract.name} is not frozen: it is written through {self._table}")

    def save(self, data: pa.Table) -> None:
        """Fill the table.

        Raises:
            DatasetError: The table has rows already, or the contract refuses the rows. Nothing was written.
        """
        name, storage = self._contract.name, self.storage
        if held := storage.count() if storage.exists() else 0:
            raise DatasetError(
                f"{name} has {held:,} rows at {storage.location}: a frozen table is imported once, where it is missing or "
                "empty. Nothing was written. To import another version, move the table away first."
            )
        try:
            rows = conform_import(data, self._contract)
            storage.create(contract_with_columns(rows.schema, self._contract))
        except ContractError as error:
            raise DatasetError(str(error)) from error
        columns = storage.rows(limit=1).column_names
        if set(columns) != set(rows.column_names):
            raise DatasetError(
                f"{name} at {storage.location} is empty and has the columns {columns}; the files have "
                f"{rows.column_names}. Nothing was written. Move the empty table away, then import again."
            )
        storage.replace(rows, None, (), {"digest": digest(rows, FAST), "imported": "frozen"})
        logger.info("%s: %s rows imported.", name, f"{rows.num_rows:,}")


def complete_rows(storage: TableStorage, contract: TableContract) -> DataFrame:
    """The rows of a frozen table that can be counted, with days as dates: older tables hold them as moments, UTC."""
    rows, present = storage.frame(), storage.columns()
    for column in contract.columns:
        if column.type is ColumnType.DATE and column.name in present:
            rows = rows.withColumn(column.name, F.col(column.name).cast("date"))
    needed = _needed(contract, present)
    return rows.where(reduce(Column.__and__, [F.col(name).isNotNull() for name in needed], F.lit(True)))


def warn_of_incomplete_rows(storage: TableStorage, contract: TableContract) -> None:
    """Warn of the rows of a frozen table that ``complete_rows`` leaves out, because they lack a day or a count."""
    needed = _needed(contract, storage.columns())
    if needed and (left_out := storage.count_lacking(needed)):
        logger.warning(
            "%s: %s left out, because one of %s is missing. The table is frozen and keeps them.",
            contract.name, counted(left_out, "row"), ", ".join(needed),
        )  # fmt: skip


def _needed(contract: TableContract, present: Collection[str]) -> list[str]:
    return [c.name for c in contract.columns if not c.nullable and c.name in present]


def conform_import(rows: pa.Table, contract: TableContract) -> pa.Table:
    """The rows in the contract's columns and types, followed by further columns where it allows them.

    Raises:
        ContractError: A column is missing, extra and not allowed, a value would change by the cast, or a number is
            infinite or NaN.
    """
    if failures := finite_failures(rows):
        raise ContractError(
            f"{contract.name}: {'; '.join(failures)}. Nothing was written. Give these values as numbers or nulls."
        )
    more = [name for name in rows.column_names if name not in contract.column_names]
    if not contract.more_columns or not more:
        return conform(rows, contract)
    conformed = conform(rows.drop_columns(more), contract)
    for name in more:
        conformed = conformed.append_column(name, rows[name])
    return conformed
