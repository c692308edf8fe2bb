"""Google's client for Search Console: one request, and its errors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import httplib2
from google.auth.exceptions import GoogleAuthError, TransportError
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.google_auth import Endpoint
from ees_analytics.sources.google_errors import Kind, RequestError, error_from_status

HOST = "searchconsole.googleapis.com"

_QUOTA_REASONS = {
    "usagelimits",
    "quotaexceeded",
    "ratelimitexceeded",
    "userratelimitexceeded",
    "dailylimitexceeded",
    "resource_exhausted",
}
_NOT_SET_UP = {"accessnotconfigured", "service_disabled"}
"""Google counts these among the usage limits too; waiting does not help."""
_QUOTA_MESSAGE = re.compile(r"quota exceeded|exceeded .*quota|rate ?limit ?exceeded", re.IGNORECASE)


class SearchConsoleClient:
    """Sends one site's requests. May be used by several threads at once.

    httplib2 is not thread-safe, and it keeps using a connection that broke: every request opens its own.
    """

    def __init__(self, endpoint: Endpoint, credentials: Any, timeout_seconds: float) -> None:
        """Build the client; nothing is sent yet."""
        self._endpoint, self._credentials, self._timeout_seconds = endpoint, credentials, timeout_seconds
        address = f"{'http' if endpoint.local else 'https'}://{endpoint.host or HOST}/"
        self._service = build(
            "searchconsole",
            "v1",
            http=self._http(),
            client_options={"api_endpoint": address},
            static_discovery=True,
            cache_discovery=False,
        )

    def query(self, site: str, body: Mapping[str, Any]) -> Any:
        """The response's JSON.

        Raises:
            RequestError: The request failed.
            MalformedResponse: The body is not JSON.
        """
        request = self._service.searchanalytics().query(siteUrl=site, body=body)
        try:
            with closing(self._http()) as http:
                response = request.execute(http=http, num_retries=0)
        # Beside its own errors Google's client lets those of httplib2, http.client, ssl, socket, zlib and json pass.
        # Whichever it is, there is no response.
        except Exception as error:
            raise error_from_exception(error) from error
        if isinstance(response, str | bytes):
            raise MalformedResponse(f"the body is not JSON: {response[:200]!r}")
        return response

    def _http(self) -> Any:
        local = self._endpoint.local
        http = httplib2.Http(timeout=self._timeout_seconds, **({"proxy_info": None} if local else {}))
        http.follow_redirects = False
        return http if local else AuthorizedHttp(self._credentials, http=http)


def error_from_exception(error: Exception) -> RequestError | MalformedResponse:
    """The error that an exception of Google's client stands for."""
    if isinstance(error, HttpError):
        return _error_from_response(int(error.resp.status), error.content)
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, GoogleAuthError) and not isinstance(error, TransportError):
        return RequestError(Kind.PERMISSION, message)
    return (
        MalformedResponse(message)
        if isinstance(error, ValueError)
        else RequestError(Kind.CONNECTION, message)
    )


def _error_from_response(code: int, content: bytes) -> RequestError | MalformedResponse:
    reasons, message = _reasons_and_message(content)
    text = message + (f" ({', '.join(sorted(reasons))})" if reasons else "")
    if code == 403:
        no_other_reason = reasons <= {"permission_denied"}
        is_quota = reasons & _QUOTA_REASONS or (no_other_reason and _QUOTA_MESSAGE.search(message))
        return RequestError(Kind.QUOTA if is_quota else Kind.PERMISSION, f"{code}: {text}")
    return error_from_status(code, text)


def _reasons_and_message(content: bytes) -> tuple[set[str], str]:
    """Google's names of the reasons (lower case), and its message."""
    try:
        error = json.loads(content)["error"]
        details = [*error.get("errors", ()), *error.get("details", ()), {"reason": error.get("status")}]
        reasons = {str(entry["reason"]).lower() for entry in details if entry.get("reason")}
        if reasons.isdisjoint(_NOT_SET_UP):
            reasons |= {
                str(entry["domain"]).lower() for entry in details if entry.get("domain") == "usageLimits"
            }
        return reasons, str(error.get("message", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return set(), content[:200].decode(errors="replace")
