"""Maintenance: one step per table."""

import logging
import time
from typing import Any

from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import all_contracts
from ees_analytics.lake.storage import TableStorage
from ees_analytics.parameters.maintenance import MaintainSettings

logger = logging.getLogger(__name__)


def create_pipeline() -> Pipeline:
    """Maintain every raw and app table."""
    return Pipeline(
        [
            node(
                maintain_table,
                [f"storage.{contract.name}", "params:maintain"],
                f"maintained.{contract.name}",
                name=f"maintain.{contract.name}",
            )
            for contract in all_contracts().values()
        ]
    )


def maintain_table(storage: TableStorage, settings: MaintainSettings) -> dict[str, Any]:
    """Merge small files (OPTIMIZE) and delete those that no version of the last days needs (VACUUM).

    Args:
        storage: The table; where it does not exist, nothing is done.
        settings: The number of days to keep.

    Returns:
        ``location``, and ``seconds``: how long it took, or None where there is no table.
    """
    if not storage.exists():
        return {"location": storage.location, "seconds": None}
    started = time.monotonic()
    storage.optimize()
    storage.vacuum(settings.keep_days)
    seconds = round(time.monotonic() - started, 1)
    logger.info("%s: maintained in %.1f s.", storage.location, seconds)
    return {"location": storage.location, "seconds": seconds}
