"""What can go wrong with one request to Google Analytics, named alike for both transports."""

from __future__ import annotations

import re
from enum import Enum, auto

import grpc
import requests
import urllib3
from google.api_core.exceptions import GoogleAPICallError
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.protobuf.json_format import ParseError  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from ees_analytics.slices.errors import SourceError
from ees_analytics.sources.errors import MalformedResponse, SourceUnavailable


class Kind(Enum):
    """What to do about it."""

    SERVER_ERROR = auto()
    """Google failed. Ten of these an hour block the property: retry sparingly."""
    CONNECTION = auto()
    """The connection or the body broke: retry."""
    QUOTA = auto()
    """A quota ran out: the message says which."""
    PERMISSION = auto()
    """The account may not."""
    INVALID = auto()
    """The question is none: asking again does not help."""


class RequestError(Exception):
    """One request failed. Never leaves the datasets: patience turns it into a retry or a ``SourceError``."""

    def __init__(self, kind: Kind, message: str, final: type[SourceError] = SourceUnavailable) -> None:
        """Remember what happened, and which error it is when it does not pass."""
        super().__init__(message)
        self.kind, self.final = kind, final


_NETWORK = re.compile(
    r"failed to connect|socket closed|connection (reset|refused|closed|aborted)|recvmsg|broken pipe|goaway"
    r"|dns resolution|name resolution|network is unreachable|timed? ?out",
    re.IGNORECASE,
)
_USED_UP = re.compile(r"quota exceeded|exceeded .*quota|exhausted|rate ?limit ?exceeded", re.IGNORECASE)
"""A 403 that means a quota; one that merely speaks of a "quota project" is a matter of permission."""
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
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    OSError,
)
"""Everything that the two transports were seen to raise; errors of the project's own code are not among them."""


def error_from_exception(error: Exception) -> RequestError:
    """Name what a client raised."""
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, RefreshError):
        return RequestError(Kind.PERMISSION, message)
    if isinstance(error, DecodeError | ParseError):
        return RequestError(Kind.CONNECTION, message, MalformedResponse)
    if isinstance(error, GoogleAPICallError):
        if error.grpc_status_code is None and error.code is not None:
            return error_from_status(int(error.code), str(error.message))
        return _of_grpc(error.grpc_status_code, message)
    if isinstance(error, grpc.RpcError):
        return _of_grpc(getattr(error, "code", lambda: None)(), message)
    if isinstance(error, GoogleAuthError) and not isinstance(error, TransportError):
        return RequestError(Kind.PERMISSION, message)
    return RequestError(Kind.CONNECTION, message)


def _of_grpc(status: grpc.StatusCode | None, message: str) -> RequestError:
    if "Getting metadata from plugin failed" in message:
        return RequestError(Kind.PERMISSION if _CREDENTIALS.search(message) else Kind.CONNECTION, message)
    if "deserializ" in message:
        return RequestError(Kind.CONNECTION, message, MalformedResponse)
    if kind := _GRPC_KINDS.get(status):
        return RequestError(kind, message)
    return RequestError(Kind.CONNECTION if _NETWORK.search(message) else Kind.SERVER_ERROR, message)


def error_from_status(code: int, message: str) -> RequestError:
    """Name what an HTTP status other than 200 means."""
    said = f"{code}: {message}"
    if code == 429 or (code == 403 and _USED_UP.search(message)):
        return RequestError(Kind.QUOTA, said)
    if code in (401, 403):
        return RequestError(Kind.PERMISSION, said)
    if code >= 500:
        return RequestError(Kind.SERVER_ERROR, said)
    if code == 408:
        return RequestError(Kind.CONNECTION, said)
    if 300 <= code < 400:
        return RequestError(Kind.CONNECTION, f"{said} (a redirect, which is not followed)", MalformedResponse)
    return RequestError(Kind.INVALID, said)


class Quota(Enum):
    """Which quota ran out."""

    DAY = auto()
    HOUR = auto()
    CONCURRENT = auto()


def quota_of(message: str) -> Quota:
    """Which quota a refusal speaks of; one that is not recognised is taken for an hourly one."""
    if re.search(r"concurrent|per minute|per second", message, re.IGNORECASE):
        return Quota.CONCURRENT
    if re.search(r"per day|daily|24 hours", message, re.IGNORECASE):
        return Quota.DAY
    return Quota.HOUR
