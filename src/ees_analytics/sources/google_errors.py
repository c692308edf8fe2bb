"""Errors of one request to a Google API, classified the same way for gRPC, REST and Google's HTTP client."""

import re
from collections.abc import Mapping

import grpc
from google.api_core.exceptions import GoogleAPICallError, from_grpc_error
from google.auth.exceptions import GoogleAuthError, TransportError
from google.protobuf.json_format import ParseError  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.sources.errors import (
    MalformedResponse,
    PermissionRefused,
    QuotaExhausted,
    SourceUnavailable,
)


class ServerError(SourceUnavailable):
    """Google failed. Ten of these an hour block a GA4 property: retry sparingly."""


class InvalidRequest(SourceStop):
    """The request itself is wrong: repeating it does not help."""


class DailyQuota(QuotaExhausted):
    """A quota of the day is used up."""


class HourlyQuota(QuotaExhausted):
    """A quota of the hour is used up, or one that is unknown."""


class ConcurrentQuota(QuotaExhausted):
    """There are too many requests at once, or within a minute."""


_STATUSES: dict[int, type[SourceError]] = {
    401: PermissionRefused,
    403: PermissionRefused,
    408: SourceUnavailable,
    409: ServerError,
    429: QuotaExhausted,
    499: SourceUnavailable,
    501: InvalidRequest,
}
"""By HTTP status, which Google's exceptions have for gRPC too; others by their first digit."""

_BY_MESSAGE: dict[str, type[SourceError]] = {
    r"getting metadata from plugin failed.*(invalid_grant|refresherror|reauth|unauthorized_client)": PermissionRefused,
    r"deserializ": MalformedResponse,
    r"failed to connect|socket closed|connection (reset|refused|closed|aborted)|recvmsg|broken pipe|goaway"
    r"|dns resolution|name resolution|network is unreachable|timed? ?out|deadline exceeded"
    r"|getting metadata from plugin failed": SourceUnavailable,
}
"""What gRPC reports as an error of the server although the request did not reach it, or its response broke."""

_MAX_MESSAGE = 2_000
"""The characters of a message that are read: a server may send any number."""

_TOO_LARGE = "message larger than max"
"""How gRPC refuses a response above its limit."""

_USED_UP = r"quota ?exceeded|exceeded .*quota|exhausted|(rate|daily) ?limit ?exceeded|usagelimits"
"""A 403 about a quota; one that only mentions a "quota project" is about permission."""

_QUOTAS: dict[str, type[SourceError]] = {
    r"concurrent|per minute|per second": ConcurrentQuota,
    r"per day|daily|24 hours": DailyQuota,
}


def classify(error: Exception) -> SourceError:
    """The error that an exception of Google's clients stands for; one about the connection where it is unknown."""
    if isinstance(error, grpc.RpcError) and not isinstance(error, GoogleAPICallError):
        error = from_grpc_error(error)
    message = f"{type(error).__name__}: {error}"[:_MAX_MESSAGE]
    if _TOO_LARGE in message:  # for gRPC a resource that is exhausted, as a quota
        return MalformedResponse(f"{message} (google_limits.max_bytes)")
    if isinstance(error, GoogleAPICallError):
        return _class_of(int(error.code or 500), message)(message)
    if isinstance(error, GoogleAuthError) and not isinstance(error, TransportError):
        return PermissionRefused(message)
    if isinstance(error, DecodeError | ParseError | ValueError):
        return MalformedResponse(message)
    return SourceUnavailable(message)


def _class_of(code: int, message: str) -> type[SourceError]:
    by_digit = {3: MalformedResponse, 5: ServerError}.get(code // 100, InvalidRequest)
    found = _STATUSES.get(code, by_digit)
    if found is ServerError:
        return _first_match(_BY_MESSAGE, message, ServerError)
    if found is QuotaExhausted or (code == 403 and re.search(_USED_UP, message, re.IGNORECASE)):
        return _first_match(_QUOTAS, message, HourlyQuota)
    return found


def _first_match(
    kinds: Mapping[str, type[SourceError]], message: str, default: type[SourceError]
) -> type[SourceError]:
    flags = re.IGNORECASE | re.DOTALL
    return next((kind for pattern, kind in kinds.items() if re.search(pattern, message, flags)), default)
