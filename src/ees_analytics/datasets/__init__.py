"""Former import paths of the datasets (``ees_analytics.datasets.…``): they work for one more release, with a warning."""

import importlib
import sys
import warnings
from types import ModuleType
from typing import Any

_MOVED = {
    "by_files": "lake.collecting",
    "frozen": "lake.frozen",
    "ga4": "sources.ga4.dataset",
    "ga4_recorded": "sources.ga4.recorded",
    "google_account": "sources.google_auth",
    "lake": "lake.dataset",
    "landing": "slices.landing_dataset",
    "ledger": "slices.state_dataset",
    "log_files": "sources.log_files.dataset",
    "project_folder": "lake.storage",
    "recorded": "sources.recorded",
    "search_console": "sources.search_console.dataset",
    "search_console_recorded": "sources.search_console.recorded",
    "session": "lake.engine",
    "storage": "lake.storage",
    "table": "lake.table",
    "units": "slices.state_dataset",
    "website": "sources.website.dataset",
    "website_client": "sources.website.client",
}
"""Former module of this package to its present one in ``ees_analytics``."""


class _Moved(ModuleType):
    """Looks names up in the present module."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        present = f"ees_analytics.{_MOVED[self.__name__.rpartition('.')[2]]}"
        warnings.warn(f"{self.__name__} has moved: import {present}.", FutureWarning, stacklevel=2)
        return getattr(importlib.import_module(present), name)


for _name in _MOVED:
    sys.modules[f"{__name__}.{_name}"] = _Moved(f"{__name__}.{_name}")
