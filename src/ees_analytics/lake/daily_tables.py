"""``DailyTablesDataset`` reads whichever tables with days there are."""

import weakref
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from kedro.io import AbstractDataset, CatalogProtocol
from pyspark.sql import DataFrame

from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.engine import refuse_ended_engine
from ees_analytics.lake.frozen import complete_rows
from ees_analytics.lake.table import TableDataset

DAY = "date"


class DailyTablesDataset(AbstractDataset[None, Mapping[str, Callable[[], DataFrame | None]]]):
    """The raw tables and the dashboard's tables that have days, each read only when it is called.

    A step that reads them waits for none of them, so tag it ``finally``.

    Args:
        metadata: For Kedro and its plugins.
        lake: ``engine``, ``lake_root`` and ``catalog``: see ``LakeDataset``.
    """

    def __init__(self, *, metadata: dict[str, Any] | None = None, **lake: Any) -> None:
        self._lake, self.metadata = lake, metadata
        self._catalog: Callable[[], CatalogProtocol | None] = lambda: None

    def read_through(self, catalog: CatalogProtocol) -> None:
        """Read the tables through this catalogue's datasets: a table that the run has opened is not opened again."""
        self._catalog = weakref.ref(catalog)  # the catalogue holds this dataset, and ends with its last user

    def load(self) -> Mapping[str, Callable[[], DataFrame | None]]:
        """Catalogue name to a function that gives the table's rows with their day in ``date``; None where it is absent."""
        refuse_ended_engine()  # else each table has a warning of its own
        return {
            name: partial(self._read, contract)
            for name, contract in all_contracts().items()
            if day_column(contract)
        }

    def _read(self, contract: TableContract) -> DataFrame | None:
        catalog = self._catalog()
        table = catalog.get(contract.table) if catalog else None
        if not isinstance(table, TableDataset):
            table = TableDataset(table=contract.table, **self._lake)
        if not table.storage.exists():
            return None
        # Of rows that cannot be counted the step that builds on a frozen table warns.
        rows = complete_rows(table.storage, contract) if contract.frozen else table.load()
        return rows.withColumnRenamed(str(contract.day_column), DAY)

    def save(self, data: None) -> None:
        """Refused."""
        raise NotImplementedError("DailyTablesDataset is read-only")

    def _describe(self) -> dict[str, Any]:
        return self._lake


def day_column(contract: TableContract) -> str | None:
    """The column with the day of each row; None for a table without days, and for an operational table."""
    return None if contract.operational else contract.day_column
