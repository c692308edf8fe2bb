"""Errors of one request to a Google API, classified the same way for gRPC, REST and Google's HTTP client."""

from __future__ import annotations

import re
from enum import Enum, auto

import grpc
import urllib3
from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.protobuf.json_format import ParseError  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from ees_analytics.sources.errors import MalformedResponse


class Kind(Enum):
    """What to do about a failed request."""

    SERVER_ERROR = auto()
    """Google failed. Ten of these an hour block a GA4 property: retry sparingly."""
    CONNECTION = auto()
    """The connection or the body broke: retry."""
    QUOTA = auto()
    """A quota is used up; the message names it."""
    PERMISSION = auto()
    """The account lacks access."""
    INVALID = auto()
    """The request itself is wrong: repeating it does not help."""


class Quota(Enum):
    """Which quota is used up."""

    DAY = auto()
    HOUR = auto()
    CONCURRENT = auto()


class RequestError(Exception):
    """One request failed. Never leaves the datasets: it leads to a retry or to a ``SourceError``."""

    def __init__(self, kind: Kind, message: str) -> None:
        """Keep what happened."""
        super().__init__(message)
        self.kind = kind

    @property
    def quota(self) -> Quota | None:
        """The quota that is used up, for an error of that kind."""
        return quota_of(str(self)) if self.kind is Kind.QUOTA else None


_NETWORK = re.compile(
    r"failed to connect|socket closed|connection (reset|refused|closed|aborted)|recvmsg|broken pipe|goaway"
    r"|dns resolution|name resolution|network is unreachable|timed? ?out",
    re.IGNORECASE,
)
_USED_UP = re.compile(r"quota exceeded|exceeded .*quota|exhausted|rate ?limit ?exceeded", re.IGNORECASE)
"""A 403 about a quota; one that only mentions a "quota project" is about permission."""
_CREDENTIALS = re.compile(r"invalid_grant|RefreshError|[Rr]eauth|unauthorized_client")

_GRPC_KINDS = {
    grpc.StatusCode.RESOURCE_EXHAUSTED: Kind.QUOTA,
    grpc.StatusCode.UNAUTHENTICATED: Kind.PERMISSION,
    grpc.StatusCode.PERMISSION_DENIED: Kind.PERMISSION,
    grpc.StatusCode.INVALID_ARGUMENT: Kind.INVALID,
    grpc.StatusCode.NOT_FOUND: Kind.INVALID,
    grpc.StatusCode.FAILED_PRECONDITION: Kind.INVALID,
    grpc.StatusCode.OUT_OF_RANGE: Kind.INVALID,
    grpc.StatusCode.UNIMPLEMENTED: Kind.INVALID,
    grpc.StatusCode.DEADLINE_EXCEEDED: Kind.CONNECTION,
    grpc.StatusCode.CANCELLED: Kind.CONNECTION,
}

CLIENT_ERRORS = (
    GoogleAPICallError,
    GoogleAuthError,
    grpc.RpcError,
    DecodeError,
    ParseError,
    urllib3.exceptions.HTTPError,
    OSError,
)
"""All that the two transports of GA4 were seen to raise, and no error of the project's own code."""


def error_from_exception(error: Exception) -> RequestError | MalformedResponse:
    """The error that an exception of the GA4 client stands for."""
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, RefreshError):
        return RequestError(Kind.PERMISSION, message)
    if isinstance(error, DecodeError | ParseError):
        return MalformedResponse(message)
    if isinstance(error, GoogleAPICallError):
        if error.grpc_status_code is None and error.code is not None:
            return error_from_status(int(error.code), str(error.message))
        return _of_grpc(error.grpc_status_code, message)
    if isinstance(error, grpc.RpcError):
        return _of_grpc(getattr(error, "code", lambda: None)(), message)
    if isinstance(error, GoogleAuthError) and not isinstance(error, TransportError):
        return RequestError(Kind.PERMISSION, message)
    return RequestError(Kind.CONNECTION, message)


def _of_grpc(status: grpc.StatusCode | None, message: str) -> RequestError | MalformedResponse:
    if "Getting metadata from plugin failed" in message:
        return RequestError(Kind.PERMISSION if _CREDENTIALS.search(message) else Kind.CONNECTION, message)
    if "deserializ" in message:
        return MalformedResponse(message)
    if kind := _GRPC_KINDS.get(status):
        return RequestError(kind, message)
    return RequestError(Kind.CONNECTION if _NETWORK.search(message) else Kind.SERVER_ERROR, message)


def error_from_status(code: int, message: str) -> RequestError | MalformedResponse:
    """The error that an HTTP status other than 200 stands for."""
    text = f"{code}: {message}"
    if code == 429 or (code == 403 and _USED_UP.search(message)):
        return RequestError(Kind.QUOTA, text)
    if code in (401, 403):
        return RequestError(Kind.PERMISSION, text)
    if code >= 500:
        return RequestError(Kind.SERVER_ERROR, text)
    if code == 408:
        return RequestError(Kind.CONNECTION, text)
    if 300 <= code < 400:
        return MalformedResponse(f"{text} (a redirect, which is not followed)")
    return RequestError(Kind.INVALID, text)


def quota_of(message: str) -> Quota:
    """The quota that Google's message names; an unknown message counts as the hourly one."""
    if re.search(r"concurrent|per minute|per second", message, re.IGNORECASE):
        return Quota.CONCURRENT
    if re.search(r"per day|daily|24 hours", message, re.IGNORECASE):
        return Quota.DAY
    return Quota.HOUR
