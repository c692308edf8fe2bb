"""The picture as a folder of files, for any web server."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click import ClickException

from ees_analytics.cli.config_errors import friendly_errors
from ees_analytics.cli.viz.answers import is_retold, retold
from ees_analytics.cli.viz.project import CHECK, load_project

_MARK = "api/deploy-viz-metadata"
_OF_A_SERVER = ("404.html", "autoreload.html", "telemetry.html")


def write_site(
    project: Path, env: str | None, params: Mapping[str, Any], target: Path, previews: bool = True
) -> Path:
    """Write the picture: first beside the folder, then in its place.

    Args:
        project: The project's folder.
        env: The environment whose tables are previewed.
        params: Runtime parameters, as of ``kedro run --params``.
        target: The folder to write: a new one, an empty one, or an earlier picture, which it takes the place of.
        previews: Whether the tables' first rows and the plots are in it.

    Returns:
        The page to open, through any web server.

    Raises:
        ClickException: The folder holds something else, or something in ``conf/`` or on the command line is wrong.
    """
    if target.exists() and any(target.iterdir()) and not (target / _MARK).exists():
        raise ClickException(f"{target} holds other files. Choose another folder with --target.")
    with friendly_errors(CHECK):
        names = load_project(project, env, params)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as beside:
        made = Path(beside) / "new"
        made.mkdir()
        _deploy(made, previews)
        for name in _OF_A_SERVER:
            (made / name).unlink(missing_ok=True)
        for file in (file for file in made.rglob("*") if file.is_file()):
            path = file.relative_to(made).as_posix()
            if is_retold(path):
                file.write_text(retold(path, file.read_text(encoding="utf-8"), names), encoding="utf-8")
        if target.exists():
            target.rename(Path(beside) / "earlier")
        made.rename(target)
    return target / "index.html"


def _deploy(target: Path, previews: bool) -> None:
    """Kedro-Viz's own writer of files, for any folder, and without the telemetry that it adds to the page."""
    import fsspec
    from kedro_viz.integrations.deployment.base_deployer import BaseDeployer

    class Deployer(BaseDeployer):
        def __init__(self) -> None:
            super().__init__()
            self._path, self._fs = target, fsspec.filesystem("file")

        def _ingest_heap_analytics(self) -> None:
            """Never."""

    Deployer().deploy(is_all_previews_enabled=previews)
