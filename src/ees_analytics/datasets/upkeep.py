"""``UpkeepDataset``: tidies a table up; its rows stay what they are."""

from __future__ import annotations

import logging
import time
from typing import Any

from kedro.io import AbstractDataset, DatasetError

from ees_analytics.contracts import contract_named
from ees_analytics.contracts.upkeep import Upkeep
from ees_analytics.datasets.storage import storage_for
from ees_analytics.datasets.storage.base import LEAST_KEPT_DAYS

logger = logging.getLogger(__name__)


class UpkeepDataset(AbstractDataset[Upkeep, None]):
    """Saving merges a table's small files (OPTIMIZE) and deletes old unneeded ones (VACUUM). Write-only.

    A table that does not exist is passed over.

    Args:
        table: The table's name, of either layer.
        engine: See ``datasets.session.Engine``.
        lake_root: See ``TableDataset``.
        catalog: See ``TableDataset``.
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
        self._table = table
        self._storage = storage_for(contract_named(table), engine, lake_root, catalog)
        self.metadata = metadata

    def load(self) -> None:
        """Refused."""
        raise NotImplementedError(
            "upkeep.<table> is write-only; read the table through raw.<table> or app.<table>"
        )

    def save(self, data: Upkeep) -> None:
        """Tidy up.

        Raises:
            DatasetError: Fewer than 30 days would be kept.
        """
        if data.keep_days < LEAST_KEPT_DAYS:
            raise DatasetError(
                f"{self._table}: keep_days is {data.keep_days}; the last {LEAST_KEPT_DAYS} days are always kept."
            )
        if not self._storage.exists():
            return
        started = time.monotonic()
        self._storage.optimize()
        self._storage.vacuum(data.keep_days)
        logger.info("%s: tidied up in %.1f s.", self._table, time.monotonic() - started)

    def _describe(self) -> dict[str, Any]:
        return {"table": self._table}
