"""The picture as a folder of files, for any web server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click import ClickException

from ees_analytics.viz.answers import is_retold, retold
from ees_analytics.viz.project import CHECK, load_project
from ees_analytics.wrong_settings import told_in_words

_WRITTEN, _MARK = ("index.html", "api", "assets"), "api/deploy-viz-metadata"


def write_site(
    project: Path, env: str | None, params: Mapping[str, Any], target: Path, previews: bool = True
) -> Path:
    """Write the picture.

    Args:
        project: The project's folder.
        env: The environment whose tables are previewed.
        params: Runtime parameters, as of ``kedro run --params``.
        target: The folder to write. An earlier picture is written over; other files stay.
        previews: Whether the tables' first rows and the plots are in it.

    Returns:
        The page to open, through any web server.

    Raises:
        ClickException: The folder holds something else under a name that the picture needs, or something in ``conf/``
            or on the command line is wrong.
    """
    from kedro_viz.integrations.deployment.local_deployer import LocalDeployer

    in_the_way = [name for name in _WRITTEN if (target / name).exists()]
    if in_the_way and not (target / _MARK).exists():
        raise ClickException(
            f"{target / in_the_way[0]} is not of an earlier picture and stays. Choose another folder with --target."
        )
    with told_in_words(CHECK):
        names = load_project(project, env, params)
    target.mkdir(parents=True, exist_ok=True)
    for earlier in (target / "api").glob("*/*"):  # of tables that may be no more
        earlier.unlink()
    _deployer(LocalDeployer, target).deploy(is_all_previews_enabled=previews)
    (target / "telemetry.html").unlink(missing_ok=True)
    for file in (file for file in target.rglob("*") if file.is_file()):
        path = file.relative_to(target).as_posix()
        if is_retold(path):
            file.write_text(retold(path, file.read_text(encoding="utf-8"), names), encoding="utf-8")
    return target / "index.html"


def _deployer(kind: Any, target: Path) -> Any:
    """Kedro-Viz's own writer of files, for any folder."""
    import fsspec

    deployer = kind.__new__(kind)
    super(kind, deployer).__init__()
    deployer._path, deployer._fs = target, fsspec.filesystem("file")
    return deployer
