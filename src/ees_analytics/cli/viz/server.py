"""The diagram on a local web server."""

import contextlib
import mimetypes
import socket
import webbrowser

import click
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ees_analytics.cli.viz.responses import ASSETS, PAGE, Responses

_LOCAL = ("127.0.0.1", "localhost")


def serve(responses: Responses, listener: socket.socket, browser: bool) -> None:
    """Serve the diagram until Ctrl+C, and open it in a browser if wanted."""
    host, port = listener.getsockname()[:2]
    click.echo(f"Open http://{host}:{port} in a browser. Press Ctrl+C to stop.")
    if browser:
        webbrowser.open_new(f"http://{host}:{port}/")
    config = uvicorn.Config(create_app(responses, host), log_config=None, lifespan="off")
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def create_app(responses: Responses, host: str) -> Starlette:
    """A web application that serves the responses and Kedro-Viz's front end.

    At a local address it serves local names only, as a guard against DNS rebinding.
    """

    async def respond(request: Request) -> Response:  # async: Kedro-Viz describes one node at a time
        path = request.path_params["path"] or PAGE
        if path not in responses:
            return Response("Not found", 404)
        return Response(responses[path](), media_type=mimetypes.guess_type(path)[0] or "application/json")

    routes = [Mount("/assets", StaticFiles(directory=ASSETS)), Route("/{path:path}", respond)]
    names = _LOCAL if host in _LOCAL else ["*"]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=names)])
