"""A local website: serves a folder of recorded pages as the service would, and misbehaves on request.

with WebsiteServer(folder) as site:
    site.faults.add("/find-statistics/a-slug", status(503), times=2)
    WebsiteDataset(url=site.url, pause_seconds=0).load()["find-statistics/a-slug"]()
    assert site.asked("/find-statistics/a-slug") == 3
"""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

HTML = "text/html; charset=utf-8"

Fault = Callable[["Handler", bytes], None]
"""Answers one request; is given the page that the website would have answered with."""


# What a website can do wrong. Each makes a Fault.


def status(code: int, retry_after: str | None = None) -> Fault:
    """Answer with an error page."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return lambda handler, _: handler.answer(code, b"<html><h1>Sorry</h1></html>", headers=headers)


def redirect(location: str, code: int = 301) -> Fault:
    """Send elsewhere; a location that is the page itself makes a loop."""
    return lambda handler, _: handler.answer(code, b"", headers={"Location": location})


def page(html: str) -> Fault:
    """Answer with another page: other wording, no results, a shifted list."""
    return lambda handler, _: handler.answer(200, html.encode())


def edited(edit: Callable[[str], str]) -> Fault:
    """Answer with the page, changed."""
    return lambda handler, body: handler.answer(200, edit(body.decode()).encode())


def not_html(kind: str = "application/json", body: bytes = b'{"results": []}') -> Fault:
    """Answer with something that is not a page."""
    return lambda handler, _: handler.answer(200, body, kind=kind)


def huge(size: int) -> Fault:
    """Answer with a page of this many bytes, without a Content-Length."""
    return lambda handler, _: handler.chunks([b"<html>" + b"x" * 65536] * (size // 65536 + 1))


def gzip_bomb(size: int) -> Fault:
    """Answer with few bytes that unpack to many."""
    packed = gzip.compress(b"<html>" + b" " * size + b"</html>")
    return lambda handler, _: handler.answer(200, packed, headers={"Content-Encoding": "gzip"})


def slow(seconds: float) -> Fault:
    """Answer, but late."""

    def fault(handler: Handler, body: bytes) -> None:
        handler.site.closing.wait(seconds)
        handler.answer(200, body)

    return fault


def drip(seconds: float) -> Fault:
    """Answer a chunk at a time, with a pause before each, for ever."""

    def fault(handler: Handler, body: bytes) -> None:
        handler.begin(200, {"Transfer-Encoding": "chunked"})
        while not handler.site.closing.wait(seconds):
            handler.chunk(b"<p>more</p>" * 1000)

    return fault


def reset(after_bytes: int | None = None) -> Fault:
    """Break the connection: before any answer, or in the middle of the page."""

    def fault(handler: Handler, body: bytes) -> None:
        if after_bytes is not None:
            handler.begin(200, {"Content-Length": str(len(body))})
            handler.wfile.write(body[:after_bytes])
            handler.wfile.flush()
            time.sleep(0.05)  # what was sent arrives before the reset does
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    return fault


def truncated(keep: int = 40) -> Fault:
    """Promise the whole page, send its beginning, close in good order."""

    def fault(handler: Handler, body: bytes) -> None:
        handler.begin(200, {"Content-Length": str(len(body))})
        handler.wfile.write(body[:keep])

    return fault


def truncated_chunks(keep: int = 40) -> Fault:
    """Send the beginning in chunks, without the last one."""

    def fault(handler: Handler, body: bytes) -> None:
        handler.begin(200, {"Transfer-Encoding": "chunked"})
        handler.chunk(body[:keep])

    return fault


def truncated_unframed(keep: int = 40) -> Fault:
    """Send the beginning, not saying how long the page is."""

    def fault(handler: Handler, body: bytes) -> None:
        handler.begin(200, {})
        handler.wfile.write(body[:keep])

    return fault


def truncated_gzip() -> Fault:
    """Send half of a packed page in proper framing, as a broken proxy does."""

    def fault(handler: Handler, body: bytes) -> None:
        packed = gzip.compress(body)
        handler.answer(200, packed[: len(packed) // 2], headers={"Content-Encoding": "gzip"})

    return fault


@dataclass
class _Planned:
    fault: Fault
    left: int | None


class Faults:
    """Which addresses misbehave, how, and how often."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: dict[str, list[_Planned]] = {}

    def add(self, address: str, fault: Fault, times: int | None = None) -> None:
        """Let an address (path and query, or ``*`` for all) misbehave so often; None is for ever."""
        with self._lock:
            self._planned.setdefault(address, []).append(_Planned(fault, times))

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._planned.clear()

    def take(self, address: str) -> Fault | None:
        """The fault that is due at this address."""
        with self._lock:
            for planned in [*self._planned.get(address, []), *self._planned.get("*", [])]:
                if planned.left is None or planned.left > 0:
                    planned.left = None if planned.left is None else planned.left - 1
                    return planned.fault
        return None


@dataclass(frozen=True)
class Request:
    """One request that the website saw."""

    address: str
    headers: dict[str, str]
    at: float


@dataclass
class WebsiteServer:
    """The website.

    Attributes:
        folder: The recorded pages, ``find-statistics/<slug>.html`` and so on.
        renamed: Old slug to new slug: answered with 301.
        latest: Slug to its latest release: answered with 308, as the service does.
        faults: What goes wrong.
        requests: Every request, in order.
        most_at_once: The most requests that were answered at the same time.
    """

    folder: Path
    renamed: dict[str, str] = field(default_factory=dict)
    latest: dict[str, str] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    requests: list[Request] = field(default_factory=list)
    most_at_once: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> WebsiteServer:
        self._lock = threading.Lock()
        self._now = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where the website is found."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def asked(self, address: str) -> int:
        """How often an address was requested."""
        return sum(request.address == address for request in self.requests)

    def entered(self, request: Request) -> None:
        """Count a request in."""
        with self._lock:
            self.requests.append(request)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)

    def left(self) -> None:
        """Count a request out."""
        with self._lock:
            self._now -= 1

    def respond(self, address: str) -> tuple[int, str | bytes]:
        """The status with a page, or with the address to go to instead."""
        target = urlsplit(address)
        path = target.path
        if path != path.lower():
            return 301, path.lower()
        if len(path) > 1 and path.endswith("/"):
            return 308, path.rstrip("/")
        part, *rest = path.strip("/").split("/")
        if part == "find-statistics" and rest:
            if rest[0] in self.renamed:
                return 301, f"/find-statistics/{self.renamed[rest[0]]}"
            if len(rest) == 1 and rest[0] in self.latest:
                return 308, f"{path}/{self.latest[rest[0]]}"
            rest = rest[:1]
        number = parse_qs(target.query).get("page", ["1"])[0]
        file = self.folder.joinpath(part, *rest).with_suffix(".html") if rest else None
        file = file or self.folder / part / f"_page_{number}.html"
        return (200, file.read_bytes()) if file.is_file() else (404, b"<html><h1>Page not found</h1></html>")


class Handler(BaseHTTPRequestHandler):
    """Answers as the website does, or as the fault of the address does."""

    protocol_version = "HTTP/1.1"
    site: WebsiteServer
    under_way = False

    def do_GET(self) -> None:  # noqa: N802 - the base class names it
        """Answer one request."""
        self.site.entered(Request(self.path, dict(self.headers), time.monotonic()))
        self.under_way = True
        try:
            code, content = self.site.respond(self.path)
            fault = self.site.faults.take(self.path)
            if fault is not None:
                self.close_connection = True
                fault(self, content if isinstance(content, bytes) else b"")
            elif isinstance(content, str):
                self.answer(code, b"", headers={"Location": content})
            else:
                self.answer_packed(code, content)
        except OSError:
            self.close_connection = True  # the client went away first
        finally:
            self.leave()

    def leave(self) -> None:
        """The request is no longer under way."""
        if self.under_way:
            self.under_way = False
            self.site.left()

    def answer_packed(self, code: int, body: bytes) -> None:
        """Answer, packed where the client accepts that."""
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            self.answer(code, gzip.compress(body), headers={"Content-Encoding": "gzip"})
        else:
            self.answer(code, body)

    def answer(
        self, code: int, body: bytes, *, kind: str = HTML, headers: dict[str, str] | None = None
    ) -> None:
        """Answer whole."""
        self.begin(code, {"Content-Length": str(len(body)), **(headers or {})}, kind)
        self.leave()  # before the last byte: the client may ask again as soon as it has that
        self.wfile.write(body)

    def begin(self, code: int, headers: dict[str, str], kind: str = HTML) -> None:
        """Send the head of an answer."""
        self.send_response(code)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def chunks(self, pieces: list[bytes]) -> None:
        """Answer in chunks."""
        self.begin(200, {"Transfer-Encoding": "chunked"})
        for piece in pieces:
            self.chunk(piece)
        self.wfile.write(b"0\r\n\r\n")

    def chunk(self, piece: bytes) -> None:
        """Send one chunk."""
        self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.flush()

    def finish(self) -> None:
        """Let a connection that a fault closed be finished in peace."""
        try:
            super().finish()
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        """Keep quiet."""


def _handler_of(site: WebsiteServer) -> type[Handler]:
    return type("SiteHandler", (Handler,), {"site": site})
