"""The graph as the diagram shows it: a dozen boxes that open at a click, without the datasets that only steps need."""

import re
from collections.abc import Collection, Mapping
from typing import Any

import networkx as nx

from ees_analytics.console.text import values_by_key
from ees_analytics.contracts import all_contracts

BOOKKEEPING = re.compile(
    r"(state|landed|landing|ledger)\..*|run_id|ingest\..*\.(outcome|audits?)|ingest\.(logs\.report|ga4\.compare)"
    r"|event_names\.silent|daily_tables|daily_measures\.anomalies"
)
"""Names of datasets and steps that are left out."""

_BOXES = {"source": "sources", "raw": "raw tables", "app": "app tables"}
_GROUPS = {
    re.compile(r"ees_ga4_.*"): "Google Analytics 4",
    re.compile(r"raw_ees_.*"): "log files",
    re.compile(r"ees_publication_.*"): "publications",
    re.compile(r"ees_service_.*"): "service",
}
"""Boxes within boxes: one that opens has a dozen nodes at most, so that their names can be read."""
_INGEST = "ingest"
_LAST_TABLE = "app.ees__last_updated"
"""Shown beside the boxes: it is written after the other app tables."""

Edge = tuple[str, str]


def customised_graph(graph: Mapping[str, Any]) -> dict[str, Any]:
    """A graph of Kedro-Viz's API, as JSON, without bookkeeping and parameters, its sources and tables in boxes."""
    hidden = {node["id"] for node in graph["nodes"] if _is_hidden(node)}
    shown = [node for node in graph["nodes"] if node["id"] not in hidden]
    nodes = [{**node, "tags": sorted(node.get("tags", []))} for node in shown]  # a set: its order changes
    boxes_of = {node["id"]: boxes for node in nodes if (boxes := _boxes_of(node))}
    as_box: dict[str, Any] = {
        "type": "modularPipeline",
        "tags": [],
        "modular_pipelines": None,
        "node_extras": None,
        "pipelines": [pipeline["id"] for pipeline in graph["pipelines"]],
    }
    new = {box for boxes in boxes_of.values() for box in boxes}.difference(node["id"] for node in nodes)
    added = [{"id": box, "name": box.rpartition(".")[2], **as_box} for box in sorted(new)]
    pairs = {(edge["source"], edge["target"]) for edge in graph["edges"]}
    edges = _with_boxes({pair for pair in pairs if hidden.isdisjoint(pair)}, boxes_of)
    return {
        **graph,
        "layers": [],  # names begin with them, and their titles would cover the nodes
        "nodes": nodes + added,
        "edges": [{"source": source, "target": target} for source, target in sorted(edges)],
        "modular_pipelines": _tree(graph["modular_pipelines"], hidden, boxes_of),
    }


def _is_hidden(node: Mapping[str, Any]) -> bool:
    bookkeeping = node["type"] != "modularPipeline" and BOOKKEEPING.fullmatch(node["name"])
    return node["type"] == "parameters" or bool(bookkeeping)


def _boxes_of(node: Mapping[str, Any]) -> list[str]:
    """The boxes that a node is in, the innermost first; none for one that stays where it is."""
    kind, _, table = node["name"].partition(".")
    if node["type"] == "modularPipeline" and kind == _INGEST and table:
        box = _INGEST
    elif node["type"] != "data" or kind not in _BOXES or node["name"] == _LAST_TABLE:
        return []
    else:
        contract = all_contracts().get(node["name"])
        box = "frozen tables" if contract is not None and contract.frozen else _BOXES[kind]
    group = next((f"{box}.{name}" for names, name in _GROUPS.items() if names.fullmatch(table)), None)
    return [group, box] if group else [box] if box != _INGEST else []


def _with_boxes(edges: set[Edge], boxes_of: Mapping[str, list[str]]) -> set[Edge]:
    """The edges and those of the boxes, without cycles: Kedro-Viz cannot lay them out."""
    graph = nx.DiGraph([*edges])
    graph.add_nodes_from(box for boxes in boxes_of.values() for box in boxes)
    ends = [
        ((source, *boxes_of.get(source, ())), (target, *boxes_of.get(target, ())))
        for source, target in sorted(edges)
    ]
    # What leads into a box first, as it makes no cycle.
    new = dict.fromkeys((sources[0], target) for sources, targets in ends for target in targets[1:])
    new |= dict.fromkeys(
        (source, target) for sources, targets in ends for source in sources[1:] for target in targets
    )
    for source, target in new:
        if not nx.has_path(graph, target, source):
            graph.add_edge(source, target)
    return set(graph.edges)


def _tree(
    tree: Mapping[str, Any], hidden: Collection[str], boxes_of: Mapping[str, list[str]]
) -> dict[str, Any]:
    """The tree of boxes, with the new ones in it; a group is in the box that its name begins with."""
    removed = {*hidden, *boxes_of}
    kept = {name: dict(part) for name, part in tree.items()}
    for part in kept.values():
        for side in ("inputs", "outputs"):
            part[side] = [node for node in part[side] if node not in removed]
        part["children"] = [child for child in part["children"] if child["id"] not in removed]
    kinds = {child["id"]: child for part in tree.values() for child in part["children"]}
    inside = values_by_key((boxes[0], node) for node, boxes in boxes_of.items())
    for box in sorted({*inside, *(boxes[-1] for boxes in boxes_of.values())}):
        outer = box.rpartition(".")[0] or "__root__"
        if box not in kept:
            kept[box] = {"id": box, "name": box, "inputs": [], "outputs": [], "children": []}
            kept[outer]["children"].append({"id": box, "type": "modularPipeline"})
        kept[box]["children"] += [kinds[node] for node in inside.get(box, ())]
    return kept
