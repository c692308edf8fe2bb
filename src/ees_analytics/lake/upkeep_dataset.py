"""``UpkeepDataset``: tidies a table up; its rows stay what they are."""

from __future__ import annotations

import logging
import time

from kedro.io import DatasetError

from ees_analytics.lake.dataset import LakeDataset
from ees_analytics.lake.storage.base import MIN_RETENTION_DAYS
from ees_analytics.lake.upkeep import Upkeep

logger = logging.getLogger(__name__)


class UpkeepDataset(LakeDataset[Upkeep, None]):
    """Saving merges a table's small files (OPTIMIZE) and deletes old unneeded ones (VACUUM). Write-only.

    A table that does not exist is passed over.
    """

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
        if data.keep_days < MIN_RETENTION_DAYS:
            raise DatasetError(
                f"{self._contract.name}: keep_days is {data.keep_days}; the last {MIN_RETENTION_DAYS} days are always kept."
            )
        if not self._storage.exists():
            return
        started = time.monotonic()
        self._storage.optimize()
        self._storage.vacuum(data.keep_days)
        logger.info("%s: tidied up in %.1f s.", self._contract.name, time.monotonic() - started)
