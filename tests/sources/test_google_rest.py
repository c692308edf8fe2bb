"""Whatever a server sends in the place of Google's JSON ends within the limits, in its JSON or an error of the project's own."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests
from google.auth.credentials import AnonymousCredentials

from ees_analytics.parameters.google import ResponseLimits
from ees_analytics.slices.errors import SourceError
from ees_analytics.sources.errors import MalformedResponse, SourceUnavailable
from ees_analytics.sources.google_auth import endpoint_of
from ees_analytics.sources.google_errors import InvalidRequest, ServerError
from ees_analytics.sources.google_rest import RestClient
from tests.servers.json_http import JsonHandler, serve

Answer = Callable[[JsonHandler], None]


@contextmanager
def google(answer: Answer, **limits: float) -> Iterator[RestClient]:
    class Handler(JsonHandler):
        def do_POST(self) -> None:  # noqa: N802
            self.received_body()
            answer(self)

    server = serve(Handler)
    endpoint = endpoint_of(f"http://127.0.0.1:{server.server_address[1]}", "rest")
    allowed = ResponseLimits(**{"max_bytes": 1_000_000, "max_seconds": 20, **limits})
    try:
        yield RestClient("unused", endpoint, None, 5, allowed)
    finally:
        server.shutdown()
        server.server_close()


def raw(head: str, *pieces: bytes) -> Answer:
    """Send a head and pieces of a body as they are, then close."""

    def answer(handler: JsonHandler) -> None:
        handler.close_connection = True
        for piece in (f"HTTP/1.1 {head}\r\n\r\n".encode(), *pieces):
            handler.wfile.write(piece)

    return answer


def drip(head: bool) -> Answer:
    """A byte at a time, for ever."""

    def answer(handler: JsonHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"X-Never-Ends: " if head else b"\r\n{"))
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            handler.connection.settimeout(0.02)
            try:
                if not handler.connection.recv(1):
                    return
            except TimeoutError:
                continue

    return answer


def many() -> Iterator[bytes]:
    return (b" " * 65536 for _ in range(2000))


BOMB = gzip.compress(b"[" + b" " * 100_000_000)
ANSWERS: dict[str, tuple[Answer, type[SourceError], str]] = {
    "a gzip bomb": (
        lambda h: h.send(200, BOMB, encoding="gzip"),
        MalformedResponse,
        "google_limits.max_bytes = 1000000",
    ),
    "a gzip bomb as error": (lambda h: h.send(503, BOMB, encoding="gzip"), MalformedResponse, "is larger"),
    "gzip in gzip": (
        lambda h: h.send(200, gzip.compress(BOMB), encoding="gzip, gzip"),
        MalformedResponse,
        "only gzip",
    ),
    "brotli": (lambda h: h.send(200, b"x", encoding="br"), MalformedResponse, "Content-Encoding 'br'"),
    "an endless body": (raw("200 OK", *many()), MalformedResponse, "is larger"),
    "an endless error": (raw("404 No", *many()), MalformedResponse, "is larger"),
    "an endless redirect": (
        raw("302 Found\r\nLocation: https://example.org/", *many()),
        MalformedResponse,
        "is larger",
    ),
    "a redirect": (
        raw("307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0"),
        MalformedResponse,
        "307",
    ),
    "an endless line in the head": (raw("200 OK\r\nX: " + "x" * 100_000), SourceUnavailable, ""),
    "too many lines in the head": (raw("200 OK" + "\r\nX: x" * 200), SourceUnavailable, ""),
    "no HTTP": (raw("\x00\xff"), SourceUnavailable, ""),
    "a text in punycode": (
        raw("500 No\r\nContent-Type: application/json; charset=punycode", b"a-" * 200_000),
        ServerError,
        "",
    ),
    "a list as error": (raw("400 No\r\nContent-Length: 2", b"[]"), InvalidRequest, ""),
    "an error that is a text": (raw("400 No", b'{"error": "no"}'), InvalidRequest, ""),
    "errors that are texts": (raw("400 No", b'{"error": {"errors": ["a"], "details": 5}}'), InvalidRequest, ""),
    "nesting without end": (raw("200 OK", b"[" * 900_000), MalformedResponse, "not JSON"),
    "another text than UTF-8": (raw("200 OK", b'{"a": "\xff"}'), MalformedResponse, "not JSON"),
    "cut off": (raw("200 OK\r\nContent-Length: 100", b"{}"), SourceUnavailable, "broke off"),
    "a packing that breaks off": (
        raw("200 OK\r\nContent-Encoding: gzip", b"\x1f\x8b\x08\x00 nothing"),
        SourceUnavailable,
        "broke off",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "error", "message"), ANSWERS.values(), ids=ANSWERS)
def test_hostile_answers_end_in_an_error(answer, error, message):
    with google(answer) as client, pytest.raises(SourceError) as caught:
        client.post("a", {})
    assert isinstance(caught.value, error), repr(caught.value)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 2_200


@pytest.mark.parametrize("head", [True, False])
def test_a_byte_now_and_then_ends_with_the_limit_of_time(head):
    with google(drip(head), max_seconds=0.3) as client, pytest.raises(SourceUnavailable):
        client.post("a", {})


@pytest.mark.parametrize("packed", [True, False])
def test_answers_within_the_limits_arrive_whole(packed):
    body = json.dumps({"a": "\u00e4" * 1000}).encode()
    text, encoding = (gzip.compress(body), "gzip") if packed else (body, "")
    with google(lambda h: h.send(200, text, encoding=encoding), max_bytes=len(body)) as client:
        assert client.post("a", {}) == json.loads(body)
        assert client.post("a", {}) == json.loads(body)


def test_a_length_that_is_no_number_is_ignored():
    with google(raw("200 OK\r\nContent-Length: \xb2", b'{"a": 1}')) as client:
        assert client.post("a", {}) == {"a": 1}


def test_requests_for_tokens_have_the_limit_of_time_too():
    client = RestClient("example.org", endpoint_of(None, "rest"), AnonymousCredentials(), 5, ResponseLimits())
    session = client._session
    tokens = session._auth_request.session
    assert isinstance(tokens, requests.Session)
    for used in (session, tokens):
        assert type(used.get_adapter("https://oauth2.googleapis.com/token")).__name__ == "_TimedAdapter"
