"""The diagram as a folder of files, for any web server."""

import datetime as dt
import json
import shutil
from pathlib import Path

import kedro_viz
from kedro_viz.models.flowchart.node_metadata import DataNodeMetadata

from ees_analytics.cli.folder import new_folder
from ees_analytics.cli.viz.responses import ASSETS, PAGE, Responses

_MARKER = "api/deploy-viz-metadata"
"""A file that Kedro-Viz has in every folder it writes."""


def write_site(responses: Responses, target: Path, previews: bool = True) -> Path:
    """Write the diagram beside the target, then replace the target with it; returns the page to open.

    Raises:
        ClickException: The target is not a new or empty folder, or an earlier diagram.
    """
    DataNodeMetadata.set_is_all_previews_enabled(previews)
    written = {"version": kedro_viz.__version__, "timestamp": f"{dt.datetime.now(dt.UTC):%d.%m.%Y %H:%M:%S}"}
    with new_folder(target, _MARKER, "--target") as site:
        shutil.copytree(ASSETS, site / "assets")
        for path, respond in {**responses, _MARKER: json.dumps(written).encode}.items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_bytes(respond())
    return target / PAGE
