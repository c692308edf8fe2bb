"""One request to a REST API of Google: its JSON, or a ``SourceError``."""

import io
import json
from collections.abc import Mapping
from typing import Any

import requests
from google.api_core.exceptions import GoogleAPICallError, from_http_response, from_http_status
from google.auth.transport.requests import AuthorizedSession, Request

from ees_analytics.parameters.google import ResponseLimits
from ees_analytics.slices.errors import SourceError
from ees_analytics.sources.bounded_http import BoundedSession, read_body
from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.google_auth import Endpoint
from ees_analytics.sources.google_errors import classify

_NOT_SET_UP = {"accessNotConfigured", "SERVICE_DISABLED"}
"""Google counts these among the usage limits too; waiting does not help."""


class RestClient:
    """Sends requests to one API. May be used by several threads at once."""

    def __init__(
        self, host: str, endpoint: Endpoint, credentials: Any, timeout_seconds: float, limits: ResponseLimits
    ) -> None:
        """Make the client; nothing is sent yet. ``host`` is the API's own."""
        self._root = f"{'http' if endpoint.local else 'https'}://{endpoint.host or host}"
        self._session = (
            BoundedSession() if endpoint.local else _GoogleSession(credentials, limits.max_seconds)
        )
        self._session.limit(limits.max_seconds)
        self._session.trust_env = not endpoint.local
        self._timeout_seconds, self._max_bytes = timeout_seconds, limits.max_bytes

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The response's JSON; a ``SourceError`` if the request failed, or the body is not JSON or exceeds the limits."""
        url, timeout = f"{self._root}/{path}", self._timeout_seconds
        try:
            with self._session.post(
                url, json=body, timeout=timeout, allow_redirects=False, stream=True
            ) as response:
                content = read_body(response, self._max_bytes, "google_limits.max_bytes")
            if response.status_code != requests.codes.ok:
                raise _error_of(response, content)
        except SourceError:
            raise
        except Exception as error:
            raise classify(error) from error
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise MalformedResponse(
                f"the body is not JSON: {content[:200].decode(errors='replace')!r}"
            ) from error


class _GoogleSession(BoundedSession, AuthorizedSession):
    """Sends credentials; requests for tokens have the same limit of time."""

    def __init__(self, credentials: Any, seconds: float) -> None:
        tokens = BoundedSession()
        tokens.limit(seconds)
        super().__init__(credentials, auth_request=Request(tokens))


def _error_of(response: requests.Response, content: bytes) -> GoogleAPICallError:
    """The error that the body describes as Google does; of any other body the status and its beginning."""
    response.raw, response.encoding = io.BytesIO(content), "utf-8"
    try:
        return _with_reasons(from_http_response(response))
    except (AttributeError, TypeError, RecursionError):
        return from_http_status(response.status_code, content[:200].decode(errors="replace"))


def _with_reasons(error: GoogleAPICallError) -> GoogleAPICallError:
    """The error, its message with Google's names of the reasons."""
    entries = [*error.errors, *error.details]
    reasons = {str(entry["reason"]) for entry in entries if entry.get("reason")}
    if not reasons & _NOT_SET_UP:
        reasons |= {"usageLimits" for entry in entries if entry.get("domain") == "usageLimits"}
    error.message = f"{error.message} ({', '.join(sorted(reasons))})" if reasons else error.message
    return error
