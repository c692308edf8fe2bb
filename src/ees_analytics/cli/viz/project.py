"""The project as Kedro-Viz knows it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

CHECK = "Check the command and the files in conf/: `kedro doctor` looks at an environment."


def load_project(
    project: Path, env: str | None, params: Mapping[str, Any], pipeline: str | None = None
) -> dict[str, str]:
    """Read the project's pipelines and catalogue into Kedro-Viz.

    Args:
        project: The project's folder.
        env: The environment whose tables are previewed.
        params: Runtime parameters, as of ``kedro run --params``.
        pipeline: Only this one.

    Returns:
        The dataset or step behind each id of a node.

    Raises:
        DatasetError, BadConfigException: Something in ``conf/`` or in the parameters is wrong.
        ValueError: There is no such pipeline.
    """
    from kedro.framework.project import pipelines
    from kedro.framework.startup import bootstrap_project
    from kedro_viz.data_access import data_access_manager
    from kedro_viz.server import load_and_populate_data

    bootstrap_project(project)
    if pipeline is not None and pipeline not in pipelines:
        raise ValueError(
            f"Failed to find the pipeline named '{pipeline}': `kedro registry list` has them all."
        )
    # With hooks: without them Kedro-Viz would start a Spark session of its own.
    load_and_populate_data(
        project, env=env, include_hooks=True, pipeline_name=pipeline, extra_params=dict(params)
    )
    return {node.id: node.name for node in data_access_manager.nodes.as_list()}
