"""The graph as the diagram shows it: a dozen boxes that open at a click, without the datasets that only steps need."""

import re
from collections.abc import Collection, Mapping
from typing import Any

import networkx as nx

from ees_analytics.console.text import values_by_key
from ees_analytics.contracts import all_contracts

BOOKKEEPING = re.compile(
    r"(state|landed|landing|ledger)\..*|run_id|ingest\..*\.(outcome|audits?)|ingest\.(logs\.report|ga4\.compare)"
    r"|event_names\.silent|daily_measures\.anomalies"
)
"""Names of datasets and steps that are left out."""

_BOXES = {"source": "sources", "raw": "raw tables", "app": "app tables"}
_LAST_TABLE = "app.ees__last_updated"
"""Shown beside the boxes: it is written after the other app tables."""

Edge = tuple[str, str]


def customised_graph(graph: Mapping[str, Any]) -> dict[str, Any]:
    """A graph of Kedro-Viz's API without bookkeeping and parameters, its sources and tables in boxes.

    Args:
        graph: ``nodes``, ``edges``, ``pipelines`` and ``modular_pipelines`` (the tree of boxes), as JSON.
    """
    hidden = {node["id"] for node in graph["nodes"] if _is_hidden(node)}
    shown = [node for node in graph["nodes"] if node["id"] not in hidden]
    nodes = [{**node, "tags": sorted(node.get("tags", []))} for node in shown]  # a set: its order changes
    box_of = {node["id"]: box for node in nodes if (box := _box_of(node))}
    as_box: dict[str, Any] = {
        "type": "modularPipeline",
        "tags": [],
        "modular_pipelines": None,
        "node_extras": None,
        "pipelines": [pipeline["id"] for pipeline in graph["pipelines"]],
    }
    boxes = [{"id": name, "name": name, **as_box} for name in sorted({*box_of.values()})]
    pairs = {(edge["source"], edge["target"]) for edge in graph["edges"]}
    edges = _with_boxes({pair for pair in pairs if hidden.isdisjoint(pair)}, box_of)
    return {
        **graph,
        "layers": [],  # names begin with them, and their titles would cover the nodes
        "nodes": nodes + boxes,
        "edges": [{"source": source, "target": target} for source, target in sorted(edges)],
        "modular_pipelines": _tree(graph["modular_pipelines"], hidden, box_of),
    }


def _is_hidden(node: Mapping[str, Any]) -> bool:
    bookkeeping = node["type"] != "modularPipeline" and BOOKKEEPING.fullmatch(node["name"])
    return node["type"] == "parameters" or bool(bookkeeping)


def _box_of(node: Mapping[str, Any]) -> str | None:
    if node["type"] != "data" or node["name"] == _LAST_TABLE:
        return None
    contract = all_contracts().get(node["name"])
    frozen = contract is not None and contract.frozen
    return "frozen tables" if frozen else _BOXES.get(node["name"].partition(".")[0])


def _with_boxes(edges: set[Edge], box_of: Mapping[str, str]) -> set[Edge]:
    """The edges and those of the boxes, without cycles: Kedro-Viz cannot lay them out."""
    graph = nx.DiGraph([*edges, *((source, box_of[target]) for source, target in edges if target in box_of)])
    graph.add_nodes_from(box_of.values())
    for source, target in sorted(edges):
        if source in box_of and not nx.has_path(graph, target, box_of[source]):
            graph.add_edge(box_of[source], target)
    return set(graph.edges)


def _tree(tree: Mapping[str, Any], hidden: Collection[str], box_of: Mapping[str, str]) -> dict[str, Any]:
    removed = {*hidden, *box_of}
    kept = {name: dict(part) for name, part in tree.items()}
    for part in kept.values():
        for side in ("inputs", "outputs"):
            part[side] = [node for node in part[side] if node not in removed]
        part["children"] = [child for child in part["children"] if child["id"] not in removed]
    for box, nodes in sorted(values_by_key((box, node) for node, box in box_of.items()).items()):
        children = [{"id": node, "type": "data"} for node in nodes]
        kept[box] = {"id": box, "name": box, "inputs": [], "outputs": [], "children": children}
        kept["__root__"]["children"].append({"id": box, "type": "modularPipeline"})
    return kept
