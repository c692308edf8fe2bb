"""The picture of the whole: Kedro-Viz as a folder of files that needs no server of its own and asks nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from click import ClickException

from ees_analytics.contracts import all_contracts

BOOKKEEPING = re.compile(
    r"(state|landed|landing|ledger|previous)\..*|run_id|ingest\..*\.(outcome|audits?)|(ingest\.logs\.)report"
)
"""What steps need or say and newcomers need not see: left out of the picture (`kedro viz run` shows it)."""

_OTHER_HOSTS = re.compile(r"\s*<link\b[^>]*\bhref=\"https?://[^>]*>")
_AT_FIRST_SIGHT = {
    "showFeatureHints": False,
    "orientation": "horizontal",
    "theme": "light",
    "visible": {"miniMap": False, "metadataModal": True, "sidebar": True, "layerBtn": False},
}
"""How the page opens for the first time: from left to right, without the tour; a visitor's own choice stays."""


def write_site(project: Path, env: str | None, params: Mapping[str, Any], target: Path) -> Path:
    """Write the picture, with previews of the tables.

    Args:
        project: The project's folder.
        env: The environment whose tables are previewed.
        params: Runtime parameters, as of ``kedro run --params``.
        target: The folder to write: an empty one, or an earlier picture, which is written over.

    Returns:
        The page to open, through any web server.

    Raises:
        ClickException: The folder holds something else.
    """
    from kedro_viz.integrations.deployment.local_deployer import LocalDeployer
    from kedro_viz.server import load_and_populate_data

    if target.exists() and any(target.iterdir()) and not (target / "index.html").exists():
        raise ClickException(f"{target} holds other files. Choose an empty folder for --target.")
    target.mkdir(parents=True, exist_ok=True)
    load_and_populate_data(project, env=env, include_hooks=True, extra_params=dict(params))
    _deployer(LocalDeployer, target).deploy(is_all_previews_enabled=True)
    tidy_site(target)
    return target / "index.html"


def tidy_site(site: Path) -> None:
    """Take out what calls other hosts, the tour, and the bookkeeping.

    Args:
        site: The folder that Kedro-Viz wrote.
    """
    (site / "telemetry.html").unlink(missing_ok=True)
    index = site / "index.html"
    text = _OTHER_HOSTS.sub("", index.read_text(encoding="utf-8"))
    settings = json.dumps(json.dumps(_AT_FIRST_SIGHT))
    script = f"<script>localStorage.KedroViz = localStorage.KedroViz || {settings};</script>"
    index.write_text(text.replace("<head>", f"<head>{script}", 1), encoding="utf-8")
    for answer in (site / "api" / "main", *(site / "api" / "pipelines").iterdir()):
        answer.write_text(json.dumps(without_bookkeeping(json.loads(answer.read_text()))), encoding="utf-8")
    describe_tables(site)


def describe_tables(site: Path) -> None:
    """Say beside each table what one row is; Kedro-Viz shows it where other datasets have their path.

    Args:
        site: The folder that Kedro-Viz wrote.
    """
    contracts = all_contracts()
    for node in json.loads((site / "api" / "main").read_text())["nodes"]:
        details = site / "api" / "nodes" / node["id"]
        if node["name"] in contracts and details.is_file():
            told = {
                **json.loads(details.read_text()),
                "filepath": contracts[node["name"]].description.rstrip("."),
            }
            details.write_text(json.dumps(told), encoding="utf-8")


def without_bookkeeping(graph: Mapping[str, Any]) -> dict[str, Any]:
    """A graph of Kedro-Viz without the datasets that only steps need."""
    hidden = {node["id"] for node in graph["nodes"] if _is_bookkeeping(node)}
    return {
        **graph,
        "layers": [],  # the names begin with them, and the layers' titles lie over the nodes
        "nodes": [node for node in graph["nodes"] if node["id"] not in hidden],
        "edges": [edge for edge in graph["edges"] if hidden.isdisjoint((edge["source"], edge["target"]))],
        "modular_pipelines": {
            name: _without(group, hidden) for name, group in graph["modular_pipelines"].items()
        },
    }


def _is_bookkeeping(node: Mapping[str, Any]) -> bool:
    if node["type"] == "parameters":
        return True
    return node["type"] != "modularPipeline" and bool(BOOKKEEPING.fullmatch(str(node["name"])))


def _without(group: Mapping[str, Any], hidden: Iterable[str]) -> dict[str, Any]:
    lost = set(hidden)
    return {
        **group,
        "inputs": [node for node in group["inputs"] if node not in lost],
        "outputs": [node for node in group["outputs"] if node not in lost],
        "children": [child for child in group["children"] if child["id"] not in lost],
    }


def _deployer(kind: Any, target: Path) -> Any:
    """Kedro-Viz's own writer of files, for another folder than `build`, which is setuptools'."""
    deployer = kind.__new__(kind)
    super(kind, deployer).__init__()
    import fsspec

    deployer._path, deployer._fs = target, fsspec.filesystem("file")
    return deployer
