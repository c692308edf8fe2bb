"""Kedro hooks of the project."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog, MemoryDataset

from ees_analytics.wrong_settings import refuse_unknown


class RunHooks:
    """Refuses runtime parameters that nothing reads; gives nodes the id of their run, as the dataset ``run_id``."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Look at the runtime parameters before anything is read."""
        loader: Any = context.config_loader
        refuse_unknown(loader.runtime_params or {}, Path(loader.conf_source))

    @hook_impl
    def after_catalog_created(self, catalog: DataCatalog, save_version: str | None, **_: Any) -> None:
        """Add ``run_id``: Kedro's session id, or the present moment outside a run."""
        run_id = save_version or f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H.%M.%S.%fZ}"
        catalog["run_id"] = MemoryDataset(run_id)
