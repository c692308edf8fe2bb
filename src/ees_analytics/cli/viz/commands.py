"""``kedro viz run`` and ``kedro viz build``."""

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from kedro.framework.startup import ProjectMetadata

from ees_analytics.cli import options
from ees_analytics.cli.config_errors import friendly_errors
from ees_analytics.console.logging_setup import configure_logging

if TYPE_CHECKING:
    from ees_analytics.cli.viz.responses import Responses

_hooks = click.option(
    "--include-hooks", is_flag=True, expose_value=False, help="Accepted, and always the case"
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=4141, show_default=True, type=click.IntRange(0, 65535))
@click.option("--browser/--no-browser", default=True, help="Open it in a browser")
@click.option("--pipeline", "-p", default=None, help="Only this pipeline")
@options.env
@options.params
@_hooks
@click.pass_obj
def run(metadata: ProjectMetadata, host: str, port: int, browser: bool, **project: Any) -> None:
    """Show in a browser how each table is made, with previews; until Ctrl+C."""
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        raise click.ClickException(
            f"{host}:{port} cannot be used ({error.strerror}). Choose another --port, or --host."
        ) from None
    with listener:
        responses = _responses(metadata, **project)
        from ees_analytics.cli.viz.server import serve

        serve(responses, listener, browser)


@click.command()
@click.option("--include-previews", is_flag=True, help="With the first rows of every table, and the plots")
@click.option("--target", default="build", show_default=True, help="The folder to write", type=Path)
@options.env
@options.params
@_hooks
@click.pass_obj
def build(metadata: ProjectMetadata, include_previews: bool, target: Path, **project: Any) -> None:
    """Write the diagram as a folder of files, for any web server."""
    responses = _responses(metadata, **project)
    from ees_analytics.cli.viz.site import write_site

    page = write_site(responses, target, include_previews)
    click.echo(f"Written: {page}. To view it: python -m http.server --bind 127.0.0.1 --directory {target}")


def _responses(metadata: ProjectMetadata, **project: Any) -> "Responses":
    configure_logging()  # before Kedro-Viz is imported: it warns of its own libraries
    from ees_analytics.cli.viz.responses import load_responses

    with friendly_errors("Check the command and the files in conf/: `kedro doctor` checks an environment."):
        return load_responses(metadata.project_path, **project)
