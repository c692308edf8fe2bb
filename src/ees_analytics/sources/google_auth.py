"""Endpoints and credentials of Google's APIs: credentials are sent to Google only."""

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

from ees_analytics.sources.base import is_loopback
from ees_analytics.sources.errors import PermissionRefused

GOOGLE = "googleapis.com"

LOGIN = "gcloud auth application-default login --scopes=openid," + ",".join(
    f"https://www.googleapis.com/auth/{scope}"
    for scope in ("userinfo.email", "cloud-platform", "analytics.readonly", "webmasters.readonly")
)
"""The one login for both sources: another one with fewer scopes would replace it."""

KEY_VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"

SECRET = "secret:"  # noqa: S105 - how a secret is named, not one


@dataclass(frozen=True)
class Endpoint:
    """Where requests to an API go.

    Attributes:
        host: Host, with its port where it is not the default; None: the API's own host.
        transport: ``rest`` or ``grpc``.
        local: True for a server on this machine: no TLS, no credentials, no proxy.
    """

    host: str | None
    transport: str
    local: bool = False


def endpoint_of(url: str | None, transport: str) -> Endpoint:
    """The endpoint of an address in conf.

    Args:
        url: ``http://`` (REST) or ``grpc://`` (without TLS), of a loopback address; ``https://`` of Google; or
            nothing: Google's own.
        transport: ``rest`` or ``grpc``, where the address does not imply one.

    Raises:
        DatasetError: The address is none of these: requests would leave for another host.
    """
    if transport not in ("rest", "grpc"):
        raise DatasetError(f"transport {transport!r}: use `grpc` (faster) or `rest`.")
    if not url:
        return Endpoint(None, transport)
    parts = urlsplit(url)
    if parts.scheme in ("http", "grpc") and is_loopback(parts.hostname or "") and not parts.username:
        return Endpoint(parts.netloc, "rest" if parts.scheme == "http" else "grpc", local=True)
    if parts.scheme == "https" and f".{parts.hostname}".endswith(f".{GOOGLE}") and not parts.username:
        return Endpoint(parts.netloc, transport)
    raise DatasetError(
        f"endpoint {url!r}: http:// (REST) and grpc:// are for this machine only (127.0.0.1, localhost), https:// for "
        f"{GOOGLE}. Leave it unset to use Google."
    )


def credentials_for(endpoint: Endpoint, scopes: Sequence[str], key_file: str | None) -> Any:
    """The credentials to send: none to a local server.

    Args:
        endpoint: Where the requests go.
        scopes: Read-only OAuth scopes.
        key_file: Path of a service account's key, or ``secret:<scope>/<key>`` for one among Databricks' secrets;
            None: the environment's own (``google.auth.default``).

    Raises:
        PermissionRefused: There are none, or the key cannot be read.
    """
    if endpoint.local:
        return AnonymousCredentials()
    try:
        if not key_file:
            return google.auth.default(scopes=scopes)[0]
        if key_file.startswith(SECRET):
            key = json.loads(_read_secret(key_file))
            return service_account.Credentials.from_service_account_info(key, scopes=scopes)
        return service_account.Credentials.from_service_account_file(key_file, scopes=scopes)
    except (OSError, ValueError) as error:
        raise PermissionRefused(
            f"google_key_file {key_file!r} cannot be read as a service account's key: {error}"
        ) from error
    except GoogleAuthError as error:
        if named := os.environ.get(KEY_VARIABLE):
            raise PermissionRefused(
                f"{KEY_VARIABLE} names {named}, which cannot be read as a Google key. Correct or unset it."
            ) from error
        raise PermissionRefused(
            f"No Google credentials were found. Log in with `{LOGIN}`, or set {KEY_VARIABLE} or google_key_file."
        ) from error


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
