"""What Kedro-Viz's page and its data say, as this project tells it: the same in a folder of files and live."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from ees_analytics.cli.viz.graph import in_groups, without_bookkeeping
from ees_analytics.contracts import all_contracts

PAGE, GRAPH = re.compile(r"(index\.html|workflow)?"), re.compile(r"api/(main|pipelines/.+)")
NODE, CODE = re.compile(r"api/nodes/(.+)"), re.compile(r"assets/index-[^/]*\.js")

_SUMMARY = re.compile(r'"""(.+?)(?:\n\s*\n|""")', re.DOTALL)
"""The first paragraph of a function's docstring."""

_OTHER_HOSTS = re.compile(r"\s*<link\b[^>]*\bhref=\"https?://[^>]*>")
_AT_FIRST_SIGHT = {
    "showFeatureHints": False,
    "orientation": "horizontal",
    "theme": "light",
    "visible": {"miniMap": False, "metadataModal": True, "sidebar": False, "layerBtn": False},
}
"""How the page opens for the first time: from left to right, without the tour, the list of names shut (» opens it) so
that the words can be read; a visitor's own choice stays."""

_STYLE = """<style>
.pipeline-flowchart { width: calc(100% - 24px); }
.pipeline-flowchart__graph { overflow: visible; }
.pipeline-metadata__value--kind-path { direction: ltr; white-space: normal; }
.preview-table__data { white-space: nowrap; }
.pipeline-metadata__label[data-label^="Dataset statistics"], .pipeline-metadata__label[data-label^="Dataset statistics"] + *,
.run-status-nav-wrapper, .pipeline-menu-button--deploy { display: none; }
</style>"""
"""Kedro-Viz cuts the last names of a picture from left to right by some points, cuts paths, where the descriptions
stand, at their beginning, and breaks dates. It offers statistics that nobody counts, the view of a run that it tracks for
Kedro's sequential runner only, and to publish the picture in a cloud."""


def is_retold(path: str) -> bool:
    """Whether :func:`retold` changes what Kedro-Viz has at this path."""
    return any(kind.fullmatch(path) for kind in (PAGE, GRAPH, NODE, CODE))


def retold(path: str, text: str, names: Mapping[str, str]) -> str:
    """What Kedro-Viz has at a path, without other hosts, tour and bookkeeping.

    Args:
        path: As in its address or its folder, without a leading ``/``.
        text: What Kedro-Viz says there.
        names: The dataset or step behind each id of a node.
    """
    if PAGE.fullmatch(path):
        return _page(text)
    if GRAPH.fullmatch(path):
        return json.dumps(in_groups(without_bookkeeping(json.loads(text))))
    if node := NODE.fullmatch(path):
        return _node(text, names.get(node[1], ""))
    if CODE.fullmatch(path):
        return text.replace('"File Path:"', '"About:"')
    return text


def _page(text: str) -> str:
    settings = json.dumps(json.dumps(_AT_FIRST_SIGHT))
    script = f"<script>localStorage.KedroViz = localStorage.KedroViz || {settings};</script>"
    page = _OTHER_HOSTS.sub("", text).replace("<head>", f"<head>{script}", 1)
    return page.replace("</head>", f"{_STYLE}</head>", 1)


def _node(text: str, name: str) -> str:
    """Beside each table what one row is, beside each step what it does, where Kedro-Viz has a file's path.

    No path of this machine is told.
    """
    told, contracts = json.loads(text), all_contracts()
    raw = name.replace("source.", "raw.", 1)
    if name in contracts:
        told["filepath"] = contracts[name].description.rstrip(".")
    elif raw in contracts:
        told["filepath"] = f"What becomes {raw}"
    elif summary := _SUMMARY.search(told.get("code") or ""):  # a step's
        told["filepath"] = " ".join(summary[1].split()).rstrip(".")
    elif told.get("filepath"):
        layout = (told.get("preview") or {}).get("layout", {})  # a plot's
        told["filepath"] = layout.get("title", {}).get("text") or Path(told["filepath"]).name
    return json.dumps(told)
