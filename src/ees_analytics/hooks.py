"""Kedro hooks of the project."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog, MemoryDataset


class RunHooks:
    """Gives nodes the id of their run, as the dataset ``run_id``."""

    @hook_impl
    def after_catalog_created(self, catalog: DataCatalog, save_version: str | None, **_: Any) -> None:
        """Add ``run_id``: Kedro's session id, or the present moment outside a run."""
        run_id = save_version or f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H.%M.%S.%fZ}"
        catalog["run_id"] = MemoryDataset(run_id)
