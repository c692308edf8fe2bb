"""Google's client for Search Console: one request, and what can go wrong with it, named."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import httplib2
from google.auth.exceptions import GoogleAuthError, TransportError
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from ees_analytics.sources.errors import MalformedResponse, SourceUnavailable
from ees_analytics.sources.google_auth import Endpoint, account_of, credentials_for
from ees_analytics.sources.google_errors import Kind, RequestError, error_from_status

HOST = "searchconsole.googleapis.com"
SCOPES = ("https://www.googleapis.com/auth/webmasters.readonly",)

_QUOTA_REASONS = {
    "usagelimits",
    "quotaexceeded",
    "ratelimitexceeded",
    "userratelimitexceeded",
    "dailylimitexceeded",
    "resource_exhausted",
}
_NOT_SET_UP = {"accessnotconfigured", "service_disabled"}
"""These count among the usage limits too, and no waiting helps against them."""
_USED_UP = re.compile(r"quota exceeded|exceeded .*quota|rate ?limit ?exceeded", re.IGNORECASE)


class SearchConsoleClient:
    """Asks one site's questions; may be used by several threads at once.

    httplib2 is not thread-safe, so every thread has a connection of its own. It also keeps a connection that broke
    and fails with it again, so after a failure the next request opens another.
    """

    def __init__(self, endpoint: Endpoint, key_file: str | None, timeout_seconds: float) -> None:
        """Remember whom to ask; nothing is opened yet."""
        self._endpoint, self._key_file, self._timeout = endpoint, key_file, timeout_seconds
        self._own = threading.local()
        self._lock = threading.Lock()

    def query(self, site: str, body: Mapping[str, Any]) -> Any:
        """The answer's JSON.

        Raises:
            RequestError: There is none. Nothing else leaves here but a ``PermissionRefused`` where credentials lack.
        """
        try:
            return self._ask(site, body)
        except RequestError:
            self._forget()
            raise

    @property
    def account(self) -> str:
        """Whose credentials are sent."""
        return account_of(self._credentials_once())

    def _ask(self, site: str, body: Mapping[str, Any]) -> Any:
        service = self._service()
        try:
            answer = service.searchanalytics().query(siteUrl=site, body=body).execute(num_retries=0)
        # Only Google's client runs here, and beside its own errors it lets those of httplib2, http.client, ssl, socket,
        # zlib and json pass: whichever it is, there is no answer.
        except Exception as error:
            raise error_from_exception(error) from error
        if isinstance(answer, str | bytes):
            raise RequestError(Kind.CONNECTION, f"the body is no JSON: {answer[:200]!r}", MalformedResponse)
        return answer

    def _service(self) -> Any:
        if not hasattr(self._own, "service"):
            address = f"{'http' if self._endpoint.local else 'https'}://{self._endpoint.host or HOST}/"
            self._own.service = build(
                "searchconsole",
                "v1",
                http=self._http(),
                client_options={"api_endpoint": address},
                static_discovery=True,
                cache_discovery=False,
            )
        return self._own.service

    def _http(self) -> Any:
        if self._endpoint.local:
            http = httplib2.Http(timeout=self._timeout, proxy_info=None)
            http.follow_redirects = False
            return http
        http = httplib2.Http(timeout=self._timeout)
        http.follow_redirects = False
        return AuthorizedHttp(self._credentials_once(), http=http)

    def _forget(self) -> None:
        service = self._own.__dict__.pop("service", None)
        if service is not None:
            service.close()

    def _credentials_once(self) -> Any:
        with self._lock:
            return self._credentials

    @cached_property
    def _credentials(self) -> Any:
        return credentials_for(self._endpoint, SCOPES, self._key_file)


def error_from_exception(error: Exception) -> RequestError:
    """Name what Google's client raised."""
    if isinstance(error, HttpError):
        return _of_answer(int(error.resp.status), error.content)
    message = f"{type(error).__name__}: {error}"
    if isinstance(error, GoogleAuthError) and not isinstance(error, TransportError):
        return RequestError(Kind.PERMISSION, message)
    final = MalformedResponse if isinstance(error, ValueError) else SourceUnavailable
    return RequestError(Kind.CONNECTION, message, final)


def _of_answer(code: int, content: bytes) -> RequestError:
    reasons, message = _reasons_and_message(content)
    said = f"{code}: {message}" + (f" ({', '.join(sorted(reasons))})" if reasons else "")
    if code == 403:
        is_quota = bool(reasons & _QUOTA_REASONS) or (
            reasons <= {"permission_denied"} and bool(_USED_UP.search(message))
        )
        return RequestError(Kind.QUOTA if is_quota else Kind.PERMISSION, said)
    return error_from_status(code, said.removeprefix(f"{code}: "))


def _reasons_and_message(content: bytes) -> tuple[set[str], str]:
    """Why a request was refused, as Google names it (lower case), and Google's words."""
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
