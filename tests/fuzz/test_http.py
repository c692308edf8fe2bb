"""Whatever a server answers, in whatever packing, charset and speed, is the page or an error, within the limits."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.parameters.google import ResponseLimits
from ees_analytics.parameters.website import CrawlPolicy
from ees_analytics.slices.errors import SourceError
from ees_analytics.sources.google_auth import endpoint_of
from ees_analytics.sources.google_rest import RestClient
from ees_analytics.sources.website.client import WebsiteClient
from tests.fuzz import JSON, TEXT, fuzzed, marks

pytestmark = marks

LIMIT = 20_000
SECONDS = 0.2
PAGE = "<html><p>a page \u00e4</p></html>"


class Server:
    """Answers each request with the same pieces, and a pause before each piece."""

    def __init__(self) -> None:
        self.pieces: list[tuple[float, bytes]] = []
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._answer, args=(connection, self.pieces), daemon=True).start()

    def _answer(self, connection: socket.socket, pieces: list[tuple[float, bytes]]) -> None:
        try:
            with connection:
                connection.recv(65536)
                for pause, piece in pieces:
                    time.sleep(pause)
                    connection.sendall(piece)
        except OSError:
            pass  # the client went away


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield Server()


PACKINGS = {
    "identity": lambda body: body,
    "gzip": gzip.compress,
    "GZIP ": gzip.compress,
    "deflate": zlib.compress,
    "gzip, gzip": lambda body: gzip.compress(gzip.compress(body)),
    "br": lambda body: body,
}
BODIES = (
    st.binary(max_size=200)
    | st.sampled_from([PAGE.encode(), PAGE.encode("latin-1"), b'{"a": 1}', b"[" * 5000, b" " * LIMIT, b"x" * 10**6])
    | JSON.map(lambda value: json.dumps(value).encode())
)  # fmt: skip
CHARSETS = (
    st.sampled_from(["utf-8", "latin-1", "punycode", "utf-7", "idna", "rot13", "zip", "none", ""]) | TEXT
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Content-Length", "Retry-After", "Location", "Transfer-Encoding", "Connection", "Set-Cookie", "X"]),
        st.sampled_from(["0", "5", "-1", "1e9", "\u00b2", "chunked", "/", "https://example.org", "close", "a=b"]) | TEXT,
    ),
    max_size=3,
)  # fmt: skip


@st.composite
def answers(draw: st.DrawFn) -> list[tuple[float, bytes]]:
    """Pieces of an answer, most of them nearly right."""
    body, packing = draw(BODIES), draw(st.sampled_from(sorted(PACKINGS)))
    packed = PACKINGS[packing](body) if draw(st.booleans()) else body
    status = draw(
        st.sampled_from([200, 200, 200, 204, 206, 302, 403, 404, 429, 500, 999]) | st.integers(0, 10**5)
    )
    kind = draw(st.sampled_from(["text/html", "application/json", "", "x"]))
    head = [f"HTTP/1.1 {status} Some"]
    head += [f"Content-Type: {kind}; charset={draw(CHARSETS)}"] if draw(st.booleans()) else []
    head += [f"Content-Encoding: {packing}"] if draw(st.booleans()) else []
    head += [f"{name}: {value}" for name, value in draw(HEADERS)]
    whole = "\r\n".join(head).encode(errors="replace") + b"\r\n\r\n" + packed
    whole = whole if draw(st.integers(0, 9)) else draw(st.binary(max_size=50)) + whole
    cuts = sorted({0, len(whole), *draw(st.lists(st.integers(0, len(whole)), max_size=3))})
    pauses = st.sampled_from([0.0, 0.0, 0.0, 0.0, 0.01, SECONDS])
    return [(draw(pauses), whole[first:last]) for first, last in zip(cuts, cuts[1:], strict=False)]


@fuzzed
@given(answers())
def test_a_page_arrives_or_is_an_error(server, pieces):
    server.pieces = pieces
    quick = {
        "pause_seconds": 0,
        "retries": 0,
        "timeout_seconds": SECONDS,
        "max_retry_after_seconds": 0,
        "max_redirects": 1,
    }
    client = WebsiteClient(
        server.address, CrawlPolicy(**quick, max_page_bytes=LIMIT, max_page_seconds=SECONDS)
    )
    try:
        page = client.fetch("find-statistics")
    except SourceError as error:
        assert str(error).startswith(server.address)
        assert len(str(error)) < 2_000
    else:
        assert len(page) <= LIMIT


@fuzzed
@given(answers())
def test_an_answer_of_google_arrives_or_is_an_error(server, pieces):
    server.pieces = pieces
    limits = ResponseLimits(max_bytes=LIMIT, max_seconds=SECONDS)
    client = RestClient("unused", endpoint_of(server.address, "rest"), None, SECONDS, limits)
    try:
        json.dumps(client.post("a", {}))
    except SourceError as error:
        assert 0 < len(str(error)) < 25_000, "2,000 characters, each escaped"
