"""The data dictionary: every table of the lake in one Markdown page, written from the contracts."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kedro.config import OmegaConfigLoader
from kedro.framework.project import settings
from kedro.io import CatalogConfigResolver

from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.contract import TableContract

PAGE = Path("docs/data-dictionary.md")
ENVIRONMENTS = ("base", "live", "databricks")

_NOTHING_ELSE = {"{default}": {"type": "MemoryDataset"}}
"""Named, because Kedro warns where it has to assume it."""

_HEAD = """# Data dictionary

Written by `kedro data-dictionary` from the contracts in `src/ees_analytics/contracts/`; do not edit it by hand.

A **raw** table holds what a source said and grows slice by slice; an **app** table is what the dashboard reads and
is built anew from the raw tables. *Key*: the columns that tell rows apart. *Null*: whether a value may be missing.
A write that breaks a key, a null or a check is refused as a whole.
"""


def write_page(project: Path) -> Path:
    """Write the page into the project's docs.

    Args:
        project: The project's folder.

    Returns:
        The page's path.
    """
    page = project / PAGE
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render(places_of_tables(project / "conf")), encoding="utf-8")
    return page


def render(places: Mapping[str, Mapping[str, str]]) -> str:
    """The whole page.

    Args:
        places: Environment to catalogue name to where the table lies.
    """
    contracts = all_contracts()
    parts = [_HEAD, _contents(contracts)]
    for name, contract in sorted(contracts.items()):
        parts.append(_section(name, contract, {env: places[env][name] for env in places}))
    return "\n".join(parts)


def places_of_tables(conf: Path) -> dict[str, dict[str, str]]:
    """Where each table lies in each environment, as the catalogue has it.

    Args:
        conf: The project's configuration folder.
    """
    return {env: _places_in(conf, env) for env in ENVIRONMENTS}


def describe_check(check: object) -> str:
    """A contract's check in words: its own sentence, with the values it was given."""
    sentence = (inspect.getdoc(type(check)) or type(check).__name__).splitlines()[0].rstrip(".")
    if not dataclasses.is_dataclass(check):
        return sentence
    given = "; ".join(_values(getattr(check, field.name)) for field in dataclasses.fields(check))
    return f"{sentence} ({given})" if given else sentence


def _places_in(conf: Path, env: str) -> dict[str, str]:
    loader = OmegaConfigLoader(conf_source=str(conf), env=env, **settings.CONFIG_LOADER_ARGS)
    entries = {name: entry for name, entry in loader["catalog"].items() if not name.startswith("_")}
    resolver = CatalogConfigResolver(entries, {}, default_runtime_patterns=_NOTHING_ELSE)
    return {
        name: _place(contract, resolver.resolve_pattern(name)) for name, contract in all_contracts().items()
    }


def _place(contract: TableContract, entry: Mapping[str, Any]) -> str:
    if entry["catalog"]:
        return f"{entry['catalog']}.{contract.schema}.{contract.name}"
    return f"{entry['lake_root']}/{contract.schema}/{contract.name}"


def _contents(contracts: Mapping[str, TableContract]) -> str:
    lines = ["| Table | One row |", "|---|---|"]
    for name, contract in sorted(contracts.items()):
        lines.append(f"| [`{name}`](#{_anchor(name)}) | {_cell(contract.description)} |")
    return "\n".join([*lines, ""])


def _section(name: str, contract: TableContract, places: Mapping[str, str]) -> str:
    return "\n".join(
        [f"## {name}", "", contract.description, "", *_facts(contract, places), "", *_columns(contract), ""]
    )


def _facts(contract: TableContract, places: Mapping[str, str]) -> Iterator[str]:
    yield "- " + "; ".join(f"{env}: `{place}`" for env, place in places.items())
    yield f"- Key: {_named(contract.key) or 'none, rows may repeat'}"
    if contract.slice_column:
        yield f"- Replaced slice by slice, by `{contract.slice_column}`"
    if contract.frozen:
        yield "- Frozen: nothing writes it any more; it may be absent outside production"
    if minimums := [f"`{c.name}` from {c.minimum:g}" for c in contract.columns if c.minimum is not None]:
        yield f"- Finite numbers: {', '.join(minimums)}"
    if contract.checks:
        yield "- Checked before each write: " + "; ".join(describe_check(check) for check in contract.checks)


def _columns(contract: TableContract) -> list[str]:
    lines = ["| Column | Type | Null | Meaning |", "|---|---|---|---|"]
    for column in contract.columns:
        null = "yes" if column.nullable else "no"
        lines.append(f"| `{column.name}` | {column.type} | {null} | {_cell(column.description)} |")
    return lines


def _named(columns: Sequence[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def _values(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _anchor(name: str) -> str:
    return name.replace(".", "")
