"""The picture live: Kedro-Viz's own server, whose answers are retold."""

from __future__ import annotations

import contextlib
import socket
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ees_analytics.cli.config_errors import friendly_errors
from ees_analytics.cli.viz.answers import is_retold, retold
from ees_analytics.cli.viz.project import CHECK, load_project
from ees_analytics.console.logging_setup import configure_logging

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response


def serve(
    project: Path,
    env: str | None,
    params: Mapping[str, Any],
    pipeline: str | None,
    address: tuple[str, int],
    browser: bool,
) -> None:
    """Serve the picture until Ctrl+C.

    Args:
        project: The project's folder.
        env: The environment whose tables are previewed.
        params: Runtime parameters, as of ``kedro run --params``.
        pipeline: Only this one.
        address: Host and port; port 0 takes any that is free.
        browser: Whether to open it in a browser.

    Raises:
        ClickException: The port is taken, or something in ``conf/`` or on the command line is wrong.
    """
    import uvicorn

    configure_logging()
    with _listener(*address) as listener:
        with friendly_errors(CHECK):
            names = load_project(project, env, params, pipeline)
        host, port = listener.getsockname()[:2]
        click.echo(f"Open http://{host}:{port} in a browser; Ctrl+C ends it.")
        if browser:
            webbrowser.open_new(f"http://{host}:{port}/")
        config = uvicorn.Config(app_of(project, names, host), log_config=None, lifespan="off")
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def app_of(project: Path, names: Mapping[str, str], host: str) -> FastAPI:
    """Kedro-Viz's server of the project that was loaded last.

    Args:
        project: The project's folder.
        names: The dataset or step behind each id of a node.
        host: The address that it listens at; at this machine's own, no page of another name may read it.
    """
    from fastapi import Response
    from fastapi.middleware.trustedhost import TrustedHostMiddleware
    from fastapi.responses import JSONResponse
    from kedro_viz.api.apps import create_api_app_from_project
    from kedro_viz.api.rest.responses.version import get_static_version_response

    app = create_api_app_from_project(project)

    @app.middleware("http")
    async def retell(request: Request, call_next: Any) -> Response:
        path = request.url.path.lstrip("/")
        if request.method != "GET" or path in _NOT_OF_THE_PICTURE:
            return Response("Not found", 404)
        if path == "api/version":  # Kedro-Viz would ask PyPI for the latest
            return JSONResponse(get_static_version_response().model_dump())
        answer: Response = await call_next(request)
        if answer.status_code != 200 or not is_retold(path):
            return answer
        text = b"".join([part async for part in answer.body_iterator]).decode()  # type: ignore[attr-defined]
        return Response(retold(path, text, names), media_type=answer.headers["content-type"])

    if host in _THIS_MACHINE:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*_THIS_MACHINE])
    return app


_THIS_MACHINE = ("127.0.0.1", "localhost")
_NOT_OF_THE_PICTURE = ("docs", "redoc", "openapi.json")
"""Pages on the server itself, which ask other hosts. (What is sent to it would be to publish the picture elsewhere.)"""


def _listener(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise click.ClickException(
            f"{host}:{port} cannot be used ({error.strerror}). Choose another --port, or --host."
        ) from None
