"""The diagram on a local web server."""

import contextlib
import mimetypes
import socket
import webbrowser
from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlsplit

import click
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ees_analytics.cli.viz.responses import ASSETS, PAGE, PAGE_SCRIPT, Responses

_LOCAL = ("127.0.0.1", "::1", "localhost")

_SCRIPT = b64encode(sha256(PAGE_SCRIPT.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'self'; script-src 'self' 'sha256-{_SCRIPT}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' data: blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


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
    """A web application that serves the responses and Kedro-Viz's front end, to this machine's names only.

    Another name in a request's ``Host`` may be that of a page elsewhere, resolved to this machine (DNS rebinding).
    """

    async def respond(request: Request) -> Response:  # async: Kedro-Viz describes one node at a time
        path = request.path_params["path"] or PAGE
        if path not in responses:
            return Response("Not found", 404)
        return Response(responses[path](), media_type=mimetypes.guess_type(path)[0] or "application/json")

    own = {name.lower() for name in (*_LOCAL, host, socket.gethostname())}

    async def guard(request: Request, call_next: RequestResponseEndpoint) -> Response:
        name = _name_of(request.headers.get("host", ""))
        known = name in own or name == request.scope["server"][0]
        response = await call_next(request) if known else Response("Unknown host", 400)
        response.headers.update(_HEADERS)
        return response

    routes = [Mount("/assets", StaticFiles(directory=ASSETS)), Route("/{path:path}", respond)]
    return Starlette(routes=routes, middleware=[Middleware(BaseHTTPMiddleware, dispatch=guard)])


def _name_of(host: str) -> str | None:
    """The name or address of a ``Host`` header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
