"""``LakeDataset``, the base of all datasets of one table, and ``StorageDataset``."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from kedro.io import AbstractDataset

from ees_analytics.contracts import contract_for, contract_named
from ees_analytics.lake.storage import TableStorage, storage_for

Saved = TypeVar("Saved")
Loaded = TypeVar("Loaded")


class LakeDataset(AbstractDataset[Saved, Loaded], Generic[Saved, Loaded]):
    """A dataset of one table; subclasses define what is loaded and saved.

    Args:
        table: The table's catalogue name, ``raw.<table>`` or ``app.<table>``, or its bare name.
        engine: See ``lake.engine.Engine``.
        lake_root: Folder of a local lake; the table is at ``<lake_root>/<schema>/<table>``.
        catalog: Unity Catalog's name; the table is then ``<catalog>.<schema>.<table>``, except with
            ``engine: sail``, which stores tables in folders only.
        schemas: Table to schema, for tables that are in another one than ``analytics_raw`` or ``analytics_app``.
        metadata: For Kedro and its plugins.
    """

    def __init__(
        self,
        *,
        table: str,
        engine: str,
        lake_root: str | None = None,
        catalog: str | None = None,
        schemas: Mapping[str, str] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._contract = contract_for(table) if "." in table else contract_named(table)
        for other in schemas or {}:
            contract_for(f"raw.{other}")  # refuses a table that does not exist
        lake = {"engine": engine, "lake_root": lake_root, "catalog": catalog, "schemas": schemas}
        self._lake: dict[str, Any] = lake
        self.metadata = metadata

    @cached_property
    def storage(self) -> TableStorage:
        """The table's storage, made when it is first used, so that a catalogue can be read without an engine."""
        return storage_for(self._contract, **self._lake)

    @property
    def column_names(self) -> list[str]:
        """The columns of the table's contract."""
        return self._contract.column_names

    def load(self) -> Loaded:
        """Refused, unless a subclass loads."""
        raise NotImplementedError(f"{type(self).__name__} is write-only: read {self._table} instead")

    def save(self, data: Saved) -> None:
        """Refused, unless a subclass saves."""
        raise NotImplementedError(f"{type(self).__name__} is read-only: write {self._table} instead")

    @property
    def _table(self) -> str:
        """The table's catalogue name."""
        return f"{self._contract.layer}.{self._contract.name}"

    def _exists(self) -> bool:
        return self.storage.exists()

    def _describe(self) -> dict[str, Any]:
        return {"table": self._table, **self._lake}


class StorageDataset(LakeDataset[None, TableStorage]):
    """A handle on a table, for maintenance: loading gives its ``TableStorage``."""

    def load(self) -> TableStorage:
        """The table's storage, whether the table exists or not."""
        return self.storage
