"""HTTP responses within limits of time and size, whatever a server sends."""

import io
import socket
import time
import zlib
from functools import partial
from http.client import HTTPResponse
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from ees_analytics.sources.errors import MalformedResponse

_CHUNK = 8192
_GZIP = zlib.MAX_WBITS | 16


class BoundedSession(requests.Session):
    """A session whose responses arrive within a time (``limit``), and that follows no redirects.

    Send requests with ``stream=True`` and read their bodies with ``read_body``: requests itself reads without a bound.
    """

    def limit(self, seconds: float, connections: int = 10, gzip: bool = True) -> None:
        """Set the longest that a response may take, head and body, and the packing that is asked for."""
        self.headers["Accept-Encoding"] = "gzip" if gzip else "identity"
        for scheme in ("https://", "http://"):
            self.mount(scheme, _TimedAdapter(seconds, pool_maxsize=connections))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Ignore redirects: requests would read their bodies, however large, to prepare the next request."""


def read_body(response: requests.Response, limit: int, setting: str) -> bytes:
    """The body of a streamed response, unpacked at most once; ``setting`` names its ``limit`` in bytes, packed or not.

    Raises:
        MalformedResponse: The body is larger, or packed in another way than gzip.
        ConnectionError: It broke off (that of requests).
    """
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.strip().lower() not in ("gzip", "identity"):
        raise MalformedResponse(
            f"{response.url}: Content-Encoding {encoding!r}; only gzip and identity are read"
        )
    gzip = zlib.decompressobj(_GZIP) if encoding.strip().lower() == "gzip" else None
    body, received = bytearray(), 0
    try:
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            received += len(chunk)
            body += gzip.decompress(chunk, limit + 1 - len(body)) if gzip else chunk
            if max(len(body), received) > limit:
                raise MalformedResponse(f"{response.url}: the response is larger than {setting} = {limit}")
    except (HTTPError, zlib.error) as error:
        raise requests.ConnectionError(f"the response broke off ({error})") from error
    return bytes(body)


class _TimedAdapter(HTTPAdapter):
    """Limits the time of a whole response, head and body; a socket's own timeout begins again with every byte."""

    def __init__(self, seconds: float, **options: Any) -> None:
        self._limited = {"response_class": partial(_TimedResponse, seconds)}
        super().__init__(**options)

    def get_connection_with_tls_context(self, *given: Any, **options: Any) -> Any:
        """The pool of a host, whose connections read responses within the limit."""
        pool: Any = super().get_connection_with_tls_context(*given, **options)
        if "response_class" not in vars(pool.ConnectionCls):
            pool.ConnectionCls = type("TimedConnection", (pool.ConnectionCls,), self._limited)
        return pool


class _TimedResponse(HTTPResponse):
    def __init__(self, seconds: float, sock: socket.socket, **options: Any) -> None:
        super().__init__(sock, **options)
        self.fp.close()
        self.fp = io.BufferedReader(TimedReader(sock, seconds))


class TimedReader(io.RawIOBase):
    """Reads a socket, until a number of seconds from now."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._sock, self._file = sock, sock.makefile("rb", buffering=0)
        self._seconds, self._end = seconds, time.monotonic() + seconds
        self._pause = sock.gettimeout() or seconds

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what has arrived; ``TimeoutError`` if the time is over, or nothing arrives within the socket's timeout."""
        if (left := self._end - time.monotonic()) <= 0:
            raise TimeoutError(f"the response took longer than {self._seconds:g} s")
        self._sock.settimeout(min(self._pause, left))
        return self._file.readinto(buffer)

    def close(self) -> None:
        """Close the socket's file."""
        self._file.close()
        super().close()
