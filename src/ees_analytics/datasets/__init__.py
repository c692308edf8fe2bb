"""Former import paths of the datasets (``ees_analytics.datasets.…``): they work for one more release, with a warning."""

import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

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


class _MovedModules(MetaPathFinder, Loader):
    """Gives the present module for a former path."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        return ModuleSpec(fullname, self) if package == __name__ and name in _MOVED else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Let Python make an ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        """Fill it with what the present module has."""
        present = f"ees_analytics.{_MOVED[module.__name__.rpartition('.')[2]]}"
        warnings.warn(f"{module.__name__} has moved: import {present}.", FutureWarning, stacklevel=2)
        names = vars(importlib.import_module(present))
        vars(module).update({name: value for name, value in names.items() if not name.startswith("__")})


sys.meta_path.append(_MovedModules())
