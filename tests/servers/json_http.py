"""What the local servers of Google's JSON APIs share: answers over HTTP, and the ways in which they break."""

from __future__ import annotations

import socket
import struct
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Delay:
    """The answer comes this many seconds late."""

    seconds: float


@dataclass(frozen=True)
class Broken:
    """The connection or the body breaks. Over gRPC, where a stream cannot be cut by hand, the nearest thing happens.

    Attributes:
        how: ``before headers`` or ``mid-body`` (connection reset), ``truncated`` (the body ends early), ``cut off``
            (promised whole, closed in good order), ``not json`` (a page of HTML with status 200), ``bad gzip``,
            ``empty body``.
    """

    how: str


def serve(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    """Start a server on a free port of this machine."""
    made = _Http(("127.0.0.1", 0), handler)
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return made


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or was thrown out, is no news."""


class JsonHandler(BaseHTTPRequestHandler):
    """Sends answers whole or broken."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def received_body(self) -> bytes:
        """What the client sent."""
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def break_off(self, how: str, content: bytes) -> None:
        """Break the connection or the body."""
        half = content[: len(content) // 2]
        if how == "before headers":
            self.reset()
        elif how == "mid-body":
            self.send(200, half, length=len(content))
            self.reset()
        elif how == "cut off":
            self.send(200, half, length=len(content))
            self.close_connection = True
        elif how == "truncated":
            self.send(200, half)
        elif how == "bad gzip":
            self.send(200, b"no gzip" + half, encoding="gzip")
        elif how == "not json":
            self.send(200, b"<html><body>Service unavailable</body></html>", "text/html")
        elif how == "empty body":
            self.send(200, b"")
        else:
            raise ValueError(f"no way to break: {how}")

    def send(
        self,
        code: int,
        body: bytes,
        kind: str = "application/json",
        length: int | None = None,
        encoding: str = "",
    ) -> None:
        """Send an answer."""
        self.send_response(code)
        self.send_header("Content-Type", f"{kind}; charset=UTF-8")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def reset(self) -> None:
        """Close the connection with RST instead of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Keep quiet."""
