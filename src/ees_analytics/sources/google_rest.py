"""One request to a REST API of Google: its JSON, or a ``SourceError``."""

from collections.abc import Mapping
from typing import Any

import requests
from google.api_core.exceptions import GoogleAPICallError, from_http_response
from google.auth.transport.requests import AuthorizedSession

from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.google_auth import Endpoint
from ees_analytics.sources.google_errors import classify

_NOT_SET_UP = {"accessNotConfigured", "SERVICE_DISABLED"}
"""Google counts these among the usage limits too; waiting does not help."""


class RestClient:
    """Sends requests to one API. May be used by several threads at once."""

    def __init__(self, host: str, endpoint: Endpoint, credentials: Any, timeout_seconds: float) -> None:
        """Make the client; nothing is sent yet. ``host`` is the API's own."""
        self._root = f"{'http' if endpoint.local else 'https'}://{endpoint.host or host}"
        self._session = requests.Session() if endpoint.local else AuthorizedSession(credentials)
        self._session.trust_env = not endpoint.local
        self._timeout_seconds = timeout_seconds

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The response's JSON.

        Raises:
            SourceError: The request failed, or the body is not JSON.
        """
        url, timeout = f"{self._root}/{path}", self._timeout_seconds
        try:
            response = self._session.post(url, json=body, timeout=timeout, allow_redirects=False)
            if response.status_code != requests.codes.ok:
                raise _with_reasons(from_http_response(response))
        except Exception as error:
            raise classify(error) from error
        try:
            return response.json()
        except (ValueError, RecursionError) as error:
            raise MalformedResponse(f"the body is not JSON: {response.text[:200]!r}") from error


def _with_reasons(error: GoogleAPICallError) -> GoogleAPICallError:
    """The error, its message with Google's names of the reasons."""
    entries = [*error.errors, *error.details]
    reasons = {str(entry["reason"]) for entry in entries if entry.get("reason")}
    if not reasons & _NOT_SET_UP:
        reasons |= {"usageLimits" for entry in entries if entry.get("domain") == "usageLimits"}
    error.message = f"{error.message} ({', '.join(sorted(reasons))})" if reasons else error.message
    return error
