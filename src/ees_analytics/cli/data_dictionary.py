"""The data dictionary: every table of the lake on one Markdown page, from the contracts."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from kedro.config import OmegaConfigLoader
from kedro.framework.project import settings
from kedro.io import CatalogConfigResolver

from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.contract import TableContract

PAGE = Path("docs/data-dictionary.md")
ENVIRONMENTS = ("base", "live", "databricks")

_DEFAULT_PATTERN = {"{default}": {"type": "MemoryDataset"}}
"""Given, because Kedro warns when it assumes it."""


def write_page(project: Path) -> Path:
    """Write the page into the project's docs.

    Args:
        project: The project's folder.

    Returns:
        The page's path.
    """
    page = project / PAGE
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render(table_locations(project / "conf")), encoding="utf-8")
    return page


def render(locations: Mapping[str, Mapping[str, str]]) -> str:
    """The page, as Markdown.

    Args:
        locations: Environment to a mapping of catalogue names to paths or three-level names.
    """
    templates = Environment(  # noqa: S701 (not HTML)
        loader=PackageLoader("ees_analytics.cli", "."),
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    templates.filters.update(cell=_cell, code=_code, describe_check=describe_check)
    template = templates.get_template("data_dictionary.md.j2")
    return template.render(contracts=sorted(all_contracts().items()), locations=locations)


def table_locations(conf: Path) -> dict[str, dict[str, str]]:
    """Environment to a mapping of catalogue names to the tables' paths or three-level names.

    Args:
        conf: The project's configuration folder.
    """
    return {env: _locations_in(conf, env) for env in ENVIRONMENTS}


def describe_check(check: object) -> str:
    """The first sentence of a check's docstring, with the check's values."""
    sentence = (inspect.getdoc(type(check)) or type(check).__name__).splitlines()[0].rstrip(".")
    if not dataclasses.is_dataclass(check):
        return sentence
    values = "; ".join(_code(getattr(check, field.name)) for field in dataclasses.fields(check))
    return f"{sentence} ({values})" if values else sentence


def _locations_in(conf: Path, env: str) -> dict[str, str]:
    loader = OmegaConfigLoader(conf_source=str(conf), env=env, **settings.CONFIG_LOADER_ARGS)
    entries = {name: entry for name, entry in loader["catalog"].items() if not name.startswith("_")}
    resolver = CatalogConfigResolver(entries, {}, default_runtime_patterns=_DEFAULT_PATTERN)
    return {
        name: _location(contract, resolver.resolve_pattern(name))
        for name, contract in all_contracts().items()
    }


def _location(contract: TableContract, entry: Mapping[str, Any]) -> str:
    if entry["catalog"]:
        return f"{entry['catalog']}.{contract.schema}.{contract.name}"
    return f"{entry['lake_root']}/{contract.schema}/{contract.name}"


def _code(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
