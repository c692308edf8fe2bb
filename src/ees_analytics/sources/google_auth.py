"""Endpoints and credentials of Google's APIs: credentials are sent to Google only."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import google.auth
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account
from kedro.io.core import DatasetError

from ees_analytics.console.safe_text import A_KEY_ITSELF, KEY_VARIABLE, hide, looks_like_a_key, printable_line
from ees_analytics.sources.base import is_loopback
from ees_analytics.sources.errors import PermissionRefused

GOOGLE = "googleapis.com"

_ADDRESS = re.compile(
    r"(https?|grpc)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::(\d{1,5}))?/?", re.ASCII
)
"""Scheme, host and port, and nothing that two parsers could read as two different hosts."""

_KEY_ADDRESS = re.compile(
    r"https://(?:(?:[a-z0-9-]+\.)*googleapis\.com|accounts\.google\.com)/[\w./%:-]*"
    r"|https?://(?:localhost|127\.0\.0\.1)(?::\d{1,5})?/[\w./-]*",
    re.ASCII,
)
"""What a key file may name: it signs requests for tokens, and has them sent to this address."""

_SECRET_MEMBERS = ("private_key", "private_key_id", "refresh_token", "client_secret")

LOGIN = "gcloud auth application-default login --scopes=openid," + ",".join(
    f"https://www.googleapis.com/auth/{scope}"
    for scope in ("userinfo.email", "cloud-platform", "analytics.readonly", "webmasters.readonly")
)
"""The one login for both sources: another one with fewer scopes would replace it."""

SECRET = "secret:"  # noqa: S105 - how a secret is named, not one


@dataclass(frozen=True)
class Endpoint:
    """Where requests to an API go: a host with its port (None: the API's own), by ``rest`` or ``grpc``.

    A ``local`` endpoint is a server on this machine: no TLS, no credentials, no proxy.
    """

    host: str | None
    transport: str
    local: bool = False


def endpoint_of(url: str | None, transport: str) -> Endpoint:
    """The endpoint of an address in conf: ``https://`` of Google, or ``http://`` (REST) or ``grpc://`` of this machine.

    Without an address it is Google's own. ``transport`` counts where the address does not imply one.

    Raises:
        DatasetError: The address is none of these: requests would leave for another host.
    """
    if transport not in ("rest", "grpc"):
        raise DatasetError(f"transport {transport!r}: use `grpc` (faster) or `rest`.")
    if not url:
        return Endpoint(None, transport)
    scheme, host, port = found.groups() if (found := _ADDRESS.fullmatch(url.lower())) else ("", "", None)
    address = f"{host}:{port}" if port else host
    if scheme in ("http", "grpc") and is_loopback(host.strip("[]")):
        return Endpoint(address, "rest" if scheme == "http" else "grpc", local=True)
    if scheme == "https" and f".{host}".endswith(f".{GOOGLE}"):
        return Endpoint(address, transport)
    raise DatasetError(
        f"endpoint {url!r}: http:// (REST) and grpc:// are for this machine only (127.0.0.1, localhost), https:// for "
        f"{GOOGLE}. Leave it unset to use Google."
    )


def credentials_for(endpoint: Endpoint, scopes: Sequence[str], key_file: str | None) -> Any:
    """The credentials to send, with read-only OAuth scopes; none to a local server.

    ``key_file`` is the path of a service account's key, or ``secret:<scope>/<key>`` for one of Databricks' secrets; None: the
    environment's own (``google.auth.default``).

    Raises:
        PermissionRefused: There are none, or the key cannot be read.
    """
    if endpoint.local:
        return AnonymousCredentials()
    return _from_key(key_file, scopes) if key_file else _from_environment(scopes)


def _from_key(key_file: str, scopes: Sequence[str]) -> Any:
    if looks_like_a_key(key_file):
        raise PermissionRefused(f"google_key_file {A_KEY_ITSELF}")
    try:
        text = _read_secret(key_file) if key_file.startswith(SECRET) else Path(key_file).read_text("utf-8")
        _check_key(text, f"google_key_file {key_file!r}")
        return service_account.Credentials.from_service_account_info(json.loads(text), scopes=scopes)
    except PermissionRefused:
        raise
    except Exception as error:  # Google's library raises many types
        raise PermissionRefused(
            f"google_key_file {key_file!r} cannot be read as a service account's key: {str(error).partition('. ')[0].rstrip('.')}. "
            "Give the path of such a key, or leave google_key_file out to use your own login (README, Access)."
        ) from None  # the error holds the key


def _from_environment(scopes: Sequence[str]) -> Any:
    named = os.environ.get(KEY_VARIABLE)
    if looks_like_a_key(named):
        raise PermissionRefused(f"{KEY_VARIABLE} {A_KEY_ITSELF}")
    try:
        if named:
            _check_key(Path(named).read_text("utf-8"), f"{KEY_VARIABLE} names {named}, which")
        return google.auth.default(scopes=scopes)[0]
    except PermissionRefused:
        raise
    except Exception as error:  # Google's library raises many types
        if named:
            text = f"{KEY_VARIABLE} names {named}, which cannot be read as a Google key. Correct or unset {KEY_VARIABLE}."
        elif isinstance(error, GoogleAuthError):
            text = f"No Google credentials were found. Set {KEY_VARIABLE} or google_key_file, or log in as in the README (Access): `{LOGIN}`."
        else:
            text = f"The Google login of this machine cannot be read: {error}. Log in again with `{LOGIN}`."
        raise PermissionRefused(text) from None


def _check_key(key: str, where: str) -> None:
    """Hide a key's secrets from now on; ``PermissionRefused`` if it names an address not of Google or this machine."""
    try:
        members = json.loads(key)
    except ValueError:
        members = None
    found = members if isinstance(members, dict) else {}
    hide([str(found[name]) for name in _SECRET_MEMBERS if name in found] or [key])
    for name, value in found.items():
        if name.endswith(("_uri", "_url")) and not _KEY_ADDRESS.fullmatch(str(value)):
            raise PermissionRefused(
                f"{where} cannot be read as a key of Google: its {printable_line(name, 50)} is not an address of Google."
            )


def _read_secret(key_file: str) -> str:
    scope, _, key = key_file.removeprefix(SECRET).partition("/")
    try:
        from databricks.sdk.runtime import dbutils
    except (ImportError, ValueError) as error:
        raise PermissionRefused(
            f"google_key_file {key_file!r}: secrets can be read on Databricks only. Elsewhere give a file's path."
        ) from error
    try:
        return str(dbutils.secrets.get(scope=scope, key=key))
    except Exception as error:  # the gateway's own classes
        raise PermissionRefused(
            f"google_key_file {key_file!r} cannot be read. Does the secret exist, and may the job's identity READ the "
            f"scope {scope!r}? {type(error).__name__}"
        ) from error


def account_of(credentials: Any) -> str:
    """The account of the credentials, for messages."""
    if isinstance(credentials, AnonymousCredentials):
        return "the anonymous caller (a local endpoint gets no credentials)"
    email = getattr(credentials, "service_account_email", None) or getattr(credentials, "account", None)
    if email and email != "default":
        return str(email)
    return "the account of google.auth.default (`gcloud auth list` shows it)"
