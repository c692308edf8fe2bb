"""The project's configuration as Kedro resolves it, for the guards."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from kedro.config import OmegaConfigLoader
from kedro.io import CatalogConfigResolver

from ees_analytics.settings import CONFIG_LOADER_ARGS
from tests.conftest import PROJECT

ENVIRONMENTS = ("base", "live", "databricks")


def config(env: str, conf: Path = PROJECT / "conf", **runtime: Any) -> OmegaConfigLoader:
    """The loader of one environment, set up as in the settings."""
    return OmegaConfigLoader(conf_source=str(conf), env=env, runtime_params=runtime, **CONFIG_LOADER_ARGS)


def catalogue(env: str, conf: Path = PROJECT / "conf", **runtime: Any) -> dict[str, Any]:
    """The catalogue's entries and patterns of one environment."""
    entries = config(env, conf, **runtime)["catalog"]
    return {name: entry for name, entry in entries.items() if not name.startswith("_")}


@cache
def _resolver(env: str) -> CatalogConfigResolver:
    return CatalogConfigResolver(catalogue(env), {})


def entry_of(env: str, name: str) -> dict[str, Any]:
    """The entry that a dataset name gets in one environment, its pattern filled in."""
    return _resolver(env).resolve_pattern(name)
