"""``kedro viz run`` and ``kedro viz build``: with the project's hooks, and without calls to other hosts.

Kedro-Viz's own commands ask PyPI for its latest version, and their page asks Google for a font.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from kedro.framework.startup import ProjectMetadata

from ees_analytics.cli import options
from ees_analytics.console.logging_setup import configure_logging

_hooks = click.option("--include-hooks", is_flag=True, help="Always so here: without hooks there is no lake")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=4141, show_default=True, type=click.IntRange(0, 65535))
@click.option("--browser/--no-browser", default=True, help="Open it in a browser")
@click.option("--pipeline", "-p", default=None, help="Only this pipeline")
@options.env
@options.params
@_hooks
@click.pass_obj
def run(
    metadata: ProjectMetadata,
    host: str,
    port: int,
    browser: bool,
    pipeline: str | None,
    env: str | None,
    params: dict[str, Any],
    include_hooks: bool,
) -> None:
    """Show in a browser how every table is made of which, with previews; until Ctrl+C."""
    from ees_analytics.cli.viz.live import serve

    serve(metadata.project_path, env, params, pipeline, (host, port), browser)


@click.command()
@click.option("--include-previews", is_flag=True, help="With the first rows of every table, and the plots")
@click.option(
    "--target",
    default="build",
    show_default=True,
    help="The folder to write",
    type=click.Path(path_type=Path),
)
@options.env
@options.params
@_hooks
@click.pass_obj
def build(
    metadata: ProjectMetadata,
    include_previews: bool,
    target: Path,
    env: str | None,
    params: dict[str, Any],
    include_hooks: bool,
) -> None:
    """Write the picture of every table as a folder of files, for any web server."""
    from ees_analytics.cli.viz.site import write_site

    configure_logging()
    page = write_site(metadata.project_path, env, params, target, include_previews)
    click.echo(f"Written: {page}. To look at it: python -m http.server --bind 127.0.0.1 --directory {target}")
