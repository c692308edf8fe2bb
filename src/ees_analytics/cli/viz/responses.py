"""What Kedro-Viz's front end asks for: its page, the graphs, and the details of each node, customised for this project."""

import inspect
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import kedro_viz
from fastapi.encoders import jsonable_encoder
from kedro.framework.startup import bootstrap_project
from kedro_viz.api.rest.responses.nodes import get_node_metadata_response
from kedro_viz.api.rest.responses.pipelines import get_pipeline_response
from kedro_viz.api.rest.responses.version import get_static_version_response
from kedro_viz.data_access import data_access_manager
from kedro_viz.server import load_and_populate_data
from lxml import html

from ees_analytics.cli.selection import select
from ees_analytics.cli.viz.graph import customised_graph
from ees_analytics.contracts import all_contracts

_FRONT_END = Path(kedro_viz.__file__).parent / "html"
ASSETS = _FRONT_END / "assets"
PAGE = "index.html"
_HEAD = Path(__file__).with_name("head.html").read_text(encoding="utf-8")
PAGE_SCRIPT = str(html.fragments_fromstring(_HEAD)[0].text)
"""The one script of the page itself."""

Responses = Mapping[str, Callable[[], bytes]]
"""Path of a response, without a leading ``/``, to the function that makes it."""


def load_responses(
    project: Path, env: str | None, params: Mapping[str, Any], pipeline: str | None = None
) -> Responses:
    """Load the project, or this pipeline of it only, into Kedro-Viz, which keeps one project per process.

    Raises:
        BadConfigException: Something in ``conf/`` or in the parameters is wrong, or there is no such pipeline.
        DatasetError: The catalogue is wrong.
    """
    bootstrap_project(project)
    select([pipeline or "__default__"])
    data_access_manager.reset_fields()
    # The hooks check parameters as `kedro run` does.
    load_and_populate_data(
        project, env=env, include_hooks=True, pipeline_name=pipeline, extra_params=dict(params)
    )
    pipelines, nodes = data_access_manager.registered_pipelines.as_list(), data_access_manager.nodes.as_list()
    return {
        PAGE: page,
        "favicon.ico": (_FRONT_END / "favicon.ico").read_bytes,
        "api/main": partial(_graph, None),
        **{f"api/pipelines/{entry.id}": partial(_graph, entry.id) for entry in pipelines},
        **{f"api/nodes/{node.id}": partial(_node, node) for node in nodes},
        "api/metadata": partial(_encode, {"has_missing_dependencies": False, "package_compatibilities": []}),
        "api/version": lambda: _encode(get_static_version_response()),  # does not ask PyPI
        "api/run-status": partial(_encode, {"nodes": {}, "datasets": {}, "pipeline": {}}),
    }


def _encode(response: Any) -> bytes:
    return json.dumps(jsonable_encoder(response)).encode()


def page() -> bytes:
    """Kedro-Viz's page with the project's settings and style, without links to other hosts."""
    document = html.parse(_FRONT_END / PAGE).getroot()
    for link in document.xpath("//link[starts-with(@href, 'http')]"):
        link.drop_tree()
    script, style = html.fragments_fromstring(_HEAD)
    document.head.insert(0, script)
    document.head.append(style)
    return html.tostring(document, encoding="utf-8", doctype="<!DOCTYPE html>")


def _graph(pipeline: str | None) -> bytes:
    return _encode(customised_graph(jsonable_encoder(get_pipeline_response(pipeline))))


def _node(node: Any) -> bytes:
    details = jsonable_encoder(get_node_metadata_response(node.id), exclude_none=True)
    return _encode({**details, "filepath": about(node, details)})


def about(node: Any, details: Mapping[str, Any]) -> str:
    """What a node is: a contract's description, the first paragraph of a docstring, a plot's title or a file's name."""
    contracts = all_contracts()
    if node.name in contracts:
        return contracts[node.name].description.rstrip(".")
    table = node.name.replace("source.", "raw.", 1)
    if table in contracts:
        return f"Source of {table}"
    function = getattr(node.kedro_obj, "func", None)
    if function and (docstring := inspect.getdoc(function)):
        return " ".join(docstring.partition("\n\n")[0].split()).rstrip(".")
    layout = (details.get("preview") or {}).get("layout", {})
    return layout.get("title", {}).get("text") or Path(details.get("filepath", "")).name
