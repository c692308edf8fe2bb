"""``LakeDataset``: what the datasets of one table of the lake have in common."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from kedro.io import AbstractDataset

from ees_analytics.contracts import contract_for, contract_named
from ees_analytics.lake.storage import TableStorage, storage_for

LEDGER = "raw.ees_ingest_ledger"

Saved = TypeVar("Saved")
Loaded = TypeVar("Loaded")


class LakeDataset(AbstractDataset[Saved, Loaded], Generic[Saved, Loaded]):
    """A view of one table; subclasses say what is loaded and saved.

    Args:
        table: The table's name, of either layer, without the layer.
        engine: See ``lake.engine.Engine``.
        lake_root: See ``lake.table.TableDataset``.
        catalog: See ``lake.table.TableDataset``.
        metadata: Left to Kedro and its plugins.
    """

    def __init__(
        self,
        *,
        table: str,
        engine: str,
        lake_root: str | None = None,
        catalog: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._contract = contract_named(table)
        self._place: dict[str, Any] = {"engine": engine, "lake_root": lake_root, "catalog": catalog}
        self.metadata = metadata

    @property
    def _storage(self) -> TableStorage:
        return storage_for(self._contract, **self._place)

    @property
    def _ledger(self) -> TableStorage:
        return storage_for(contract_for(LEDGER), **self._place)

    def _describe(self) -> dict[str, Any]:
        return {"table": self._contract.name, **self._place}
