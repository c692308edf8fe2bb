"""Maintenance: one step per table."""

import datetime as dt
import logging
import time
from typing import Any

from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import all_contracts
from ees_analytics.lake.storage import TableStorage
from ees_analytics.parameters.maintenance import MaintainSettings
from ees_analytics.pipelines.maintenance.housekeeping import RUNS, empty_old_runs

logger = logging.getLogger(__name__)


def create_pipeline() -> Pipeline:
    """Maintain every raw and app table."""
    names = [contract.name for contract in all_contracts().values()]
    inputs = {name: [f"storage.{name}", "params:maintain"] for name in names}
    return Pipeline(
        [node(maintain_table, inputs[name], f"maintained.{name}", name=f"maintain.{name}") for name in names]
    )


def maintain_table(storage: TableStorage, settings: MaintainSettings) -> dict[str, Any]:
    """Merge a table's small files (OPTIMIZE) and delete those that no version of the last days needs (VACUUM).

    First, tables named in conf gain the columns that they lack, and old rows of the table of runs lose their details.

    Returns:
        ``location``; ``seconds``: how long it took, or None where there is no table; ``added``: the columns that it
        gained; ``refused``: what its catalogue did not allow, because it maintains the table itself.
    """
    if not storage.exists():
        return {"location": storage.location, "seconds": None, "added": [], "refused": []}
    started = time.monotonic()
    added = _add_columns(storage) if storage.table in (settings.add_columns or "").split("+") else []
    if storage.table == RUNS:
        empty_old_runs(storage, settings, dt.datetime.now(dt.UTC).date())
    done = {"OPTIMIZE": storage.optimize(), "VACUUM": storage.vacuum(settings.keep_days)}
    refused = [operation for operation, is_done in done.items() if not is_done]
    seconds = round(time.monotonic() - started, 1)
    if len(refused) < len(done):
        logger.info("%s: maintained in %.1f s.", storage.location, seconds)
    return {"location": storage.location, "seconds": seconds, "added": added, "refused": refused}


def _add_columns(storage: TableStorage) -> list[str]:
    """Add the later columns that the table lacks; returns their names."""
    lacking = storage.lacking()
    names = [column.name for column in lacking]
    if lacking:
        storage.add_columns(lacking)
        logger.info("%s: added %s, null in the rows that it has.", storage.location, ", ".join(names))
    else:
        logger.warning("%s: has all columns of its contract already.", storage.location)
    return names
