"""Which endpoint of Google is asked, and as whom: never with credentials to anybody but Google."""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import google.auth
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account
from kedro.io.core import DatasetError

from ees_analytics.sources.errors import PermissionRefused

GOOGLE = "googleapis.com"

_CLOUD = "https://www.googleapis.com/auth/"
LOGIN = "gcloud auth application-default login --scopes=openid," + ",".join(
    _CLOUD + scope
    for scope in ("userinfo.email", "cloud-platform", "analytics.readonly", "webmasters.readonly")
)
"""The one login that suits both sources: a second one with fewer scopes would take the first one's away."""

KEY_VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"

SECRET = "secret:"  # noqa: S105 - how a secret is named, not one


@dataclass(frozen=True)
class Endpoint:
    """Where an API is asked.

    Attributes:
        host: Host, with its port where it is not the usual one; None is the API's own.
        transport: ``rest`` or ``grpc``.
        local: True for a server on this machine: no TLS, no credentials, no proxy.
    """

    host: str | None
    transport: str
    local: bool = False


def endpoint_of(url: str | None, transport: str) -> Endpoint:
    """The endpoint that conf names.

    Args:
        url: ``http://`` (REST) or ``grpc://`` (without TLS), of a loopback address; ``https://`` of Google; or
            nothing: Google's own.
        transport: ``rest`` or ``grpc``, where the address does not say.

    Raises:
        DatasetError: The address is none of these: credentials or questions would leave for elsewhere.
    """
    if transport not in ("rest", "grpc"):
        raise DatasetError(f"transport {transport!r}: it is `grpc` (faster) or `rest`.")
    if not url:
        return Endpoint(None, transport)
    parts = urlsplit(url)
    if parts.scheme in ("http", "grpc") and is_loopback(parts.hostname or "") and not parts.username:
        return Endpoint(parts.netloc, "rest" if parts.scheme == "http" else "grpc", local=True)
    if parts.scheme == "https" and f".{parts.hostname}".endswith(f".{GOOGLE}") and not parts.username:
        return Endpoint(parts.netloc, transport)
    raise DatasetError(
        f"endpoint {url!r}: http:// (REST) and grpc:// are for this machine only (127.0.0.1, localhost), https:// for "
        f"{GOOGLE}. Leave it unset to ask Google."
    )


def is_loopback(host: str) -> bool:
    """True for an address of this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def credentials_for(endpoint: Endpoint, scopes: Sequence[str], key_file: str | None) -> Any:
    """The credentials to send: none to a local server.

    Args:
        endpoint: Who is asked.
        scopes: Read-only OAuth scopes.
        key_file: Path of a service account's key, or ``secret:<scope>/<key>`` for one among Databricks' secrets;
            None: the environment's own (``google.auth.default``).

    Raises:
        PermissionRefused: There are none, or the key file is no key.
    """
    if endpoint.local:
        return AnonymousCredentials()
    try:
        if key_file and key_file.startswith(SECRET):
            return service_account.Credentials.from_service_account_info(
                json.loads(_read_secret(key_file.removeprefix(SECRET))), scopes=list(scopes)
            )
        if key_file:
            return service_account.Credentials.from_service_account_file(key_file, scopes=list(scopes))
        credentials, _ = google.auth.default(scopes=list(scopes))
        return credentials
    except (OSError, ValueError) as error:
        raise PermissionRefused(
            f"google_key_file {key_file!r} cannot be read as a service account's key: {error}"
        ) from error
    except GoogleAuthError as error:
        if named := os.environ.get(KEY_VARIABLE):
            raise PermissionRefused(
                f"{KEY_VARIABLE} names {named}, which cannot be read as a Google key. Mend or unset it."
            ) from error
        raise PermissionRefused(
            f"No Google credentials were found. Log in with `{LOGIN}`, or set {KEY_VARIABLE} or google_key_file."
        ) from error


def _read_secret(name: str) -> str:
    """A secret's value; on Databricks only."""
    scope, _, key = name.partition("/")
    try:
        from databricks.sdk.runtime import dbutils
    except (ImportError, ValueError) as error:
        raise PermissionRefused(
            f"google_key_file 'secret:{name}': secrets can be read on Databricks only. Elsewhere give a file's path."
        ) from error
    try:
        return str(dbutils.secrets.get(scope=scope, key=key))
    except Exception as error:  # the gateway's own classes
        raise PermissionRefused(
            f"google_key_file 'secret:{name}' cannot be read. Does the secret exist, and may the job's identity READ "
            f"the scope {scope!r}? {type(error).__name__}"
        ) from error


def account_of(credentials: Any) -> str:
    """Whose credentials these are, as far as they tell."""
    if isinstance(credentials, AnonymousCredentials):
        return "the anonymous caller (a local endpoint is asked without credentials)"
    email = getattr(credentials, "service_account_email", None) or getattr(credentials, "account", None)
    if email and email != "default":
        return str(email)
    return "the account of google.auth.default (`gcloud auth list` names it)"
