"""Kedro settings of the project."""

import datetime as dt
import warnings
from zoneinfo import ZoneInfo

from ees_analytics.conf_loader import ConfLoader
from ees_analytics.hooks import RunHooks
from ees_analytics.run_report.hooks import RunReportHooks


def _today(time_zone: str) -> str:
    return dt.datetime.now(ZoneInfo(time_zone)).date().isoformat()


# Said by OmegaConf about its own future; nothing that a user could act on.
warnings.filterwarnings("ignore", message="register_new_resolver", category=UserWarning)
# The catalogue's names are `<layer>.<table>`, as SQL has them.
warnings.filterwarnings("ignore", message="One or more dataset names contain '.'", category=UserWarning)

HOOKS = (RunHooks(), RunReportHooks())

# The project never phones home.
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry",)

CONFIG_LOADER_CLASS = ConfLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "base",
    "config_patterns": {
        "globals": ["globals*.yml"],
        "parameters": ["parameters*.yml"],
        "catalog": ["catalog*.yml"],
    },
    "custom_resolvers": {"today": _today},
}
