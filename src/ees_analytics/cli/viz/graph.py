"""The graph that a newcomer sees: a dozen boxes that open at a click, without the datasets that only steps need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ees_analytics.contracts import all_contracts

BOOKKEEPING = re.compile(
    r"(state|landed|landing|ledger)\..*|run_id|ingest\..*\.(outcome|audits?)|(ingest\.logs\.)report"
)
"""What steps need or say and newcomers need not see: left out of the picture."""

_GROUPS = {"source": "sources", "raw": "raw tables", "app": "app tables"}
_FROZEN, _LAST = "frozen tables", "app.ees__last_updated"
"""What a newcomer sees first: a dozen boxes instead of eighty. The last table follows the others."""


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
