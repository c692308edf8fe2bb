"""Kedro settings of the project."""

import datetime as dt
import getpass
import os
import warnings
from zoneinfo import ZoneInfo

from ees_analytics.console.logging_setup import print_safely

print_safely()  # first: what follows reads the contracts, and one may have a fault

from ees_analytics.catalog import Catalog, Context  # noqa: E402
from ees_analytics.conf_loader import ConfLoader  # noqa: E402
from ees_analytics.hooks import HousekeepingHooks, RunHooks  # noqa: E402
from ees_analytics.run_report.hooks import RunReportHooks  # noqa: E402

# OmegaConf's note about its own future; users cannot act on it.
warnings.filterwarnings("ignore", message="register_new_resolver", category=UserWarning)
# Catalogue names are `<layer>.<table>`, as in SQL.
warnings.filterwarnings("ignore", message="One or more dataset names contain '.'", category=UserWarning)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run a user without a name
        return f"user {os.getuid()}"


HOOKS = (HousekeepingHooks(), RunHooks(), RunReportHooks())

# No telemetry; Kedro-Viz's hooks would store errors as they are, for a view that this project does not show.
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry", "kedro-viz")

CONTEXT_CLASS = Context
DATA_CATALOG_CLASS = Catalog
CONFIG_LOADER_CLASS = ConfLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "base",
    "config_patterns": {
        "globals": ["globals*.yml"],
        "parameters": ["parameters*.yml"],
        "catalog": ["catalog*.yml"],
    },
    "custom_resolvers": {
        "today": lambda zone: dt.datetime.now(ZoneInfo(zone)).date().isoformat(),
        "user": _user,
    },
}
