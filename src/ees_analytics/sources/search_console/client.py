"""One request to the Search Console API: its JSON, or a ``SourceError``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests
from google.api_core.exceptions import GoogleAPICallError, from_http_response
from google.auth.transport.requests import AuthorizedSession

from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.google_auth import Endpoint
from ees_analytics.sources.google_errors import classify

HOST = "searchconsole.googleapis.com"

_NOT_SET_UP = {"accessNotConfigured", "SERVICE_DISABLED"}
"""Google counts these among the usage limits too; waiting does not help."""


class SearchConsoleClient:
    """Sends one site's requests. May be used by several threads at once."""

    def __init__(self, endpoint: Endpoint, credentials: Any, timeout_seconds: float) -> None:
        """Build the client; nothing is sent yet."""
        self._root = f"{'http' if endpoint.local else 'https'}://{endpoint.host or HOST}/webmasters/v3/sites"
        self._session = requests.Session() if endpoint.local else AuthorizedSession(credentials)
        self._session.trust_env = not endpoint.local
        self._timeout_seconds = timeout_seconds

    def query(self, site: str, body: Mapping[str, Any]) -> Any:
        """The response's JSON.

        Raises:
            SourceError: The request failed, or the body is not JSON.
        """
        url = f"{self._root}/{quote(site, safe='')}/searchAnalytics/query"
        try:
            response = self._session.post(
                url, json=body, timeout=self._timeout_seconds, allow_redirects=False
            )
            if response.status_code != requests.codes.ok:
                raise _with_reasons(from_http_response(response))
        except Exception as error:
            raise classify(error) from error
        try:
            return response.json()
        except ValueError as error:
            raise MalformedResponse(f"the body is not JSON: {response.text[:200]!r}") from error


def _with_reasons(error: GoogleAPICallError) -> GoogleAPICallError:
    """The error, its message with Google's names of the reasons."""
    entries = [*error.errors, *error.details]
    reasons = {str(entry["reason"]) for entry in entries if entry.get("reason")}
    if not reasons & _NOT_SET_UP:
        reasons |= {"usageLimits" for entry in entries if entry.get("domain") == "usageLimits"}
    error.message = f"{error.message} ({', '.join(sorted(reasons))})"
    return error
