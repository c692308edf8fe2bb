"""The picture of the whole: Kedro-Viz as a folder of files that needs no server of its own and asks nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from click import ClickException

from ees_analytics.contracts import all_contracts

BOOKKEEPING = re.compile(
    r"(state|landed|landing|ledger|previous)\..*|run_id|ingest\..*\.(outcome|audits?)|(ingest\.logs\.)report"
)
"""What steps need or say and newcomers need not see: left out of the picture (`kedro viz run` shows it)."""

_GROUPS = {"source": "sources", "raw": "raw tables", "app": "app tables"}
_FROZEN, _LAST = "frozen tables", "app.ees__last_updated"
"""What a newcomer sees first: a dozen boxes instead of eighty. The last table follows the others."""

_OTHER_HOSTS = re.compile(r"\s*<link\b[^>]*\bhref=\"https?://[^>]*>")
_AT_FIRST_SIGHT = {
    "showFeatureHints": False,
    "orientation": "horizontal",
    "theme": "light",
    "visible": {"miniMap": False, "metadataModal": True, "sidebar": False, "layerBtn": False},
}
"""How the page opens for the first time: from left to right, without the tour, the list of names shut (» opens it) so
that the words can be read; a visitor's own choice stays."""


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


def server_of(site: Path, port: int) -> ThreadingHTTPServer:
    """A web server that shows the picture to this machine only; the caller starts and stops it.

    Args:
        site: The folder of the picture.
        port: Where it listens; 0 takes any that is free.

    Raises:
        ClickException: The port is taken.
    """

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """No line a file."""

    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=str(site)))
    except OSError as error:
        raise ClickException(
            f"Port {port} cannot be used ({error}). Choose another one with --port."
        ) from None


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
        answer.write_text(
            json.dumps(in_groups(without_bookkeeping(json.loads(answer.read_text())))), encoding="utf-8"
        )
    describe_tables(site)
    for code in (site / "assets").glob("index-*.js"):
        text = code.read_text(encoding="utf-8")
        code.write_text(text.replace('"File Path:"', '"What it holds:"'), encoding="utf-8")


def describe_tables(site: Path) -> None:
    """Say beside each table what one row is, where Kedro-Viz has a file's path; no path of this machine is told.

    Args:
        site: The folder that Kedro-Viz wrote.
    """
    contracts = all_contracts()
    graphs = (site / "api" / "main", *(site / "api" / "pipelines").iterdir())
    names = {node["id"]: node["name"] for graph in graphs for node in json.loads(graph.read_text())["nodes"]}
    for details in (site / "api" / "nodes").iterdir():
        told, name = json.loads(details.read_text()), names.get(details.name)
        if name in contracts:
            told["filepath"] = contracts[name].description.rstrip(".")
        elif told.get("filepath"):
            layout = (told.get("preview") or {}).get("layout", {})  # a plot's
            told["filepath"] = layout.get("title", {}).get("text") or Path(told["filepath"]).name
        details.write_text(json.dumps(told), encoding="utf-8")


def in_groups(graph: Mapping[str, Any]) -> dict[str, Any]:
    """A graph of Kedro-Viz whose sources and tables stand in boxes that open at a click.

    Args:
        graph: Nodes, edges and the tree of namespaces.
    """
    group = {node["id"]: found for node in graph["nodes"] if (found := _group_of(node))}
    within = {node["id"]: set(node["modular_pipelines"] or [node["id"]]) for node in graph["nodes"]}
    boxes = sorted(set(group.values()))
    edges = {(edge["source"], edge["target"]) for edge in graph["edges"]}
    for source, target in list(edges):
        # An app table that others are made of: the way back would be a circle.
        if source in group and not (group[source] == _GROUPS["app"] and _in_reporting(within[target])):
            edges.add((group[source], target))
        if target in group:
            edges.add((source, group[target]))
    tree = {name: _without(part, group) for name, part in graph["modular_pipelines"].items()}
    for box in boxes:
        children = [{"id": node, "type": "data"} for node, its in group.items() if its == box]
        tree[box] = {"id": box, "name": box, "inputs": [], "outputs": [], "children": children}
    if "__root__" in tree:
        root = tree["__root__"]
        box_entries = [{"id": box, "type": "modularPipeline"} for box in boxes]
        tree["__root__"] = {**root, "children": [*root["children"], *box_entries]}
    drawn: dict[str, Any] = {"tags": [], "type": "modularPipeline", "modular_pipelines": None, "node_extras": None,
             "layer": None, "dataset_type": None}  # fmt: skip
    pipelines = [found["id"] for found in graph["pipelines"]]
    return {
        **graph,
        "nodes": [
            *graph["nodes"],
            *({"id": box, "name": box, "pipelines": pipelines, **drawn} for box in boxes),
        ],
        "edges": [{"source": source, "target": target} for source, target in sorted(edges)],
        "modular_pipelines": tree,
    }


def _group_of(node: Mapping[str, Any]) -> str:
    if node["type"] != "data" or node["name"] == _LAST:
        return ""
    contract = all_contracts().get(node["name"])
    if contract is not None and contract.frozen:
        return _FROZEN
    return _GROUPS.get(str(node["name"]).partition(".")[0], "")


def _in_reporting(namespaces: Iterable[str]) -> bool:
    return any(name.partition(".")[0] == "reporting" for name in namespaces)


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
