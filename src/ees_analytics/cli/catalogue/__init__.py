"""The catalogue to browse: a page for each table, with its columns, origin and newest rows, and an index to search."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from kedro.framework.project import pipelines

from ees_analytics.cli.catalogue.content import Content, content_of
from ees_analytics.cli.catalogue.lineage import Lineage, lineages
from ees_analytics.cli.compare_tables import open_catalog
from ees_analytics.cli.folder import new_folder
from ees_analytics.console.text import counted, few_ranges
from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.table import TableDataset
from ees_analytics.run_report.pages import CATALOGUE

INDEX = "index.html"
_MARKER = "catalogue.css"
"""A file that only this command writes."""


def write_site(project: Path, folder: str, options: Mapping[str, Any], personal: bool) -> Path:
    """Write the pages of the project's tables; returns the page to open.

    ``folder`` is new, empty, or a catalogue to replace (``ClickException`` if it has something else); empty text:
    ``catalogue`` beside that of the run reports, which link to it there. ``options`` are those of ``kedro run``;
    ``personal`` shows values of columns that may have personal data.
    """
    catalog = open_catalog(project, options)
    reports = Path(str(cast(Any, catalog.get("report.any"))._describe()["filepath"])).parent
    target = Path(folder) if folder else reports.parent / CATALOGUE
    contracts = all_contracts()
    with new_folder(target, _MARKER, "--site") as new:
        contents = {
            name: content_of(cast(TableDataset, catalog.get(name)), contract, personal)
            for name, contract in contracts.items()
        }
        env = options.get("env") or "base"
        for name, text in pages(contracts, contents, lineages(pipelines.values()), env).items():
            (new / name).write_text(text, encoding="utf-8")
    return target / INDEX


def pages(
    contracts: Mapping[str, TableContract],
    contents: Mapping[str, Content],
    made: Mapping[str, Lineage],
    env: str,
) -> dict[str, str]:
    """File name to file. All values are untrusted and are escaped; no file needs a server or the network."""
    templates = Environment(
        loader=PackageLoader(__package__, ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.filters |= {"counted": counted, "few_ranges": few_ranges}
    written = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC"
    shared: dict[str, Any] = {"contracts": contracts, "contents": contents, "env": env, "written": written}
    page = templates.get_template("table.html.j2")
    return {
        INDEX: templates.get_template("index.html.j2").render(groups=_groups(contracts), **shared),
        _MARKER: templates.get_template(_MARKER).render(),
        **{
            f"{name}.html": page.render(
                name=name, contract=contract, made=made.get(name, Lineage()), **shared
            )
            for name, contract in contracts.items()
        },
    }


def _groups(contracts: Mapping[str, TableContract]) -> dict[str, list[str]]:
    """The tables by what they are for, in the order of the index."""
    groups: dict[str, list[str]] = {"Dashboard": [], "Operational": [], "Raw": [], "Frozen": []}
    for name, contract in sorted(contracts.items()):
        layer = "Raw" if contract.layer == "raw" else "Dashboard"
        special = "Frozen" if contract.frozen else "Operational" if contract.operational else ""
        groups[special or layer].append(name)
    return groups
