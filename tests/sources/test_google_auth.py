"""The Google key among Databricks' secrets: read only when needed, and never shown."""

from __future__ import annotations

import json
import sys
import traceback
import types

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from kedro.io import DatasetError
from requests import PreparedRequest
from urllib3.util import parse_url

from ees_analytics.console import safe_text
from ees_analytics.sources.errors import PermissionRefused
from ees_analytics.sources.google_auth import LOGIN, credentials_for, endpoint_of
from tests.conftest import PROJECT

GOOGLE = endpoint_of(None, "grpc")
KEY = "secret:ees-analytics/google-key"


def databricks(monkeypatch, get) -> None:
    """Play the runtime of a Databricks job."""
    runtime = types.ModuleType("databricks.sdk.runtime")
    runtime.dbutils = types.SimpleNamespace(secrets=types.SimpleNamespace(get=get))  # type: ignore[attr-defined]
    for name in ("databricks", "databricks.sdk"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "databricks.sdk.runtime", runtime)


def test_a_secret_is_asked_for_by_scope_and_key(monkeypatch):
    asked = []
    databricks(monkeypatch, lambda scope, key: asked.append((scope, key)) or '{"private_key": "hush"}')
    with pytest.raises(PermissionRefused) as error:
        credentials_for(GOOGLE, [], KEY)
    assert asked == [("ees-analytics", "google-key")]
    assert "hush" not in str(error.value)


def test_a_secret_that_may_not_be_read_is_named_without_its_value(monkeypatch):
    def refuse(scope: str, key: str) -> str:
        raise RuntimeError("hush")

    databricks(monkeypatch, refuse)
    with pytest.raises(
        PermissionRefused, match="may the job's identity READ the scope 'ees-analytics'"
    ) as error:
        credentials_for(GOOGLE, [], KEY)
    assert "hush" not in str(error.value)


def test_secrets_are_for_databricks_only(monkeypatch):
    monkeypatch.setitem(sys.modules, "databricks.sdk.runtime", None)
    with pytest.raises(PermissionRefused, match="on Databricks only"):
        credentials_for(GOOGLE, [], KEY)


def test_a_local_endpoint_reads_no_secret(monkeypatch):
    databricks(monkeypatch, lambda **_: pytest.fail("the secret was read"))
    assert credentials_for(endpoint_of("grpc://127.0.0.1:1", "grpc"), [], KEY).token is None


def test_without_credentials_the_message_has_the_login_of_the_readme(monkeypatch, tmp_path):
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with pytest.raises(PermissionRefused, match="webmasters.readonly") as caught:
        credentials_for(GOOGLE, ["https://www.googleapis.com/auth/analytics.readonly"], None)
    assert f"`{LOGIN}`" in str(caught.value)
    assert LOGIN in (PROJECT / "README.md").read_text()


def test_a_broken_key_file_of_the_environment_is_named_and_not_shown(monkeypatch, tmp_path):
    key = tmp_path / "key.json"
    key.write_text('{"type": "service_account", "private_key": "hush-hush"}')
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    with pytest.raises(PermissionRefused, match="key.json, which cannot be read") as caught:
        credentials_for(GOOGLE, ["https://www.googleapis.com/auth/analytics.readonly"], None)
    assert "hush-hush" not in str(caught.value)


BROKEN_KEYS = [
    '{"type": "service_account", "private_key": "hush-hush", "client_email": "a", "token_uri": "b"}',
    '{"type": "service_account", "private_key": "hush-hush',
    '[{"private_key": "hush-hush"}]', "hush-hush\nhush-hush", "12345", "null", "", '{"private_key": 5, "client_email": "hush-hush"}',
    '{"type": "authorized_user", "refresh_token": "hush-hush"}', '{"type": "hush-hush"}', "\x00\ud800hush-hush",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN_KEYS)
@pytest.mark.parametrize("where", ["file", "variable", "secret"])
def test_a_broken_key_is_named_and_not_shown(monkeypatch, tmp_path, text, where):
    monkeypatch.setattr(safe_text, "_known", set())
    file = tmp_path / "key.json"
    file.write_bytes(text.encode(errors="surrogatepass"))
    setting = None if where == "variable" else str(file)
    if where == "variable":
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    elif where == "secret":
        setting = KEY
        databricks(monkeypatch, lambda scope, key: text)
    with pytest.raises(PermissionRefused, match="cannot be read as a") as caught:
        credentials_for(GOOGLE, ["https://www.googleapis.com/auth/analytics.readonly"], setting)
    assert "hush-hush" not in "".join(traceback.format_exception(caught.value))
    assert (KEY if where == "secret" else "key.json") in str(caught.value)
    advice = (
        "unset GOOGLE_APPLICATION_CREDENTIALS." if where == "variable" else "or leave google_key_file out"
    )
    assert advice in str(caught.value) or "is not an address of Google" in str(caught.value)
    assert ".." not in str(caught.value).replace(str(tmp_path), "")


@pytest.mark.parametrize(
    "key",
    [
        '{"private_key": "hush"}',
        "-----BEGIN PRIVATE KEY-----\nhush",
        "eyJ0eXBlIjogInNlcnZpY2VfYWNj",
        {"a": 1},
    ],
)
def test_a_key_itself_is_refused_and_not_shown(monkeypatch, key):
    for variable in (False, True):
        if variable and isinstance(key, str):
            monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", key)
        with pytest.raises(PermissionRefused, match="holds a key itself") as caught:
            credentials_for(GOOGLE, [], None if variable and isinstance(key, str) else key)
        assert str(key)[:20] not in str(caught.value)


@pytest.mark.parametrize("member", ["token_uri", "token_url", "service_account_impersonation_url"])
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.org/token", "https://oauth2.googleapis.com.evil.org/token", "https://evil.org\\\\.googleapis.com/token",
        "https://evil.org/.googleapis.com/token", "https://a@evil.org/token", "http://oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com@evil.org/", "http://127.0.0.1@evil.org/token", "http://127.0.0.1.evil.org/token", "", "5",
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["file", "variable", "secret"])
def test_a_key_that_would_be_sent_elsewhere_is_refused(monkeypatch, tmp_path, member, address, where):
    text = f'{{"type": "service_account", "private_key": "hush-hush", "client_email": "a", "{member}": "{address}"}}'
    file = tmp_path / "key.json"
    file.write_text(text)
    monkeypatch.setattr(safe_text, "_known", set())
    if where == "variable":
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    databricks(monkeypatch, lambda scope, key: text)
    setting = {"file": str(file), "variable": None, "secret": KEY}[where]
    with pytest.raises(PermissionRefused, match=f"its {member} is not an address of Google"):
        credentials_for(GOOGLE, [], setting)


@pytest.mark.parametrize(
    "address",
    [
        "https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/token", "http://127.0.0.1:8080/token",
    ],
)  # fmt: skip
def test_a_key_with_an_address_of_google_or_of_this_machine_is_read(tmp_path, address):
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    members = {
        "type": "service_account",
        "client_email": "a",
        "token_uri": address,
        "private_key": key.decode(),
    }
    members["auth_provider_x509_cert_url"] = "https://www.googleapis.com/robot/v1/metadata/x509/a%40b.iam"
    (tmp_path / "key.json").write_text(json.dumps(members))
    assert credentials_for(GOOGLE, [], str(tmp_path / "key.json")).service_account_email == "a"


HOSTS = ("analyticsdata.googleapis.com", "googleapis.com:8443")


@pytest.mark.parametrize("host", HOSTS)
def test_credentials_go_to_google(host):
    assert endpoint_of(f"https://{host}/", "rest").host == host
    assert endpoint_of(f"HTTPS://{host.upper()}", "grpc").host == host


@pytest.mark.parametrize(
    "host",
    [
        "evil.org\\.googleapis.com", "evil.org/.googleapis.com", "evil.org#.googleapis.com", "evil.org?.googleapis.com",
        "evil.org%2f.googleapis.com", "evil.org;.googleapis.com", "evil.org\t.googleapis.com", "evil.org\n.googleapis.com",
        "evil.org\u2044.googleapis.com", "evil.org\uff0f.googleapis.com", "a:b@analyticsdata.googleapis.com", "evil.org:80.googleapis.com",
        "[evil.org].googleapis.com", "[::1].googleapis.com", "analyticsdata.googleapis.com:80@evil.org", "evil.org,.googleapis.com",
        "analyticsdata.googleapis.com/path", "analyticsdata.googleapis.com?x", "analyticsdata.googleapis.com:port",
        "analyticsdata.googleapis.com:123456", " analyticsdata.googleapis.com", "analyticsdata.googleapis.com.", "-.googleapis.com.evil.org",
    ],
)  # fmt: skip
def test_an_address_that_two_readers_could_understand_differently_is_refused(host):
    for scheme in ("https", "http", "grpc"):
        with pytest.raises(DatasetError, match="Leave it unset to use Google"):
            endpoint_of(f"{scheme}://{host}", "rest")


@given(st.text(alphabet="evil.org\\/@:#?%[]1 \t\n;googleapis.com", max_size=40))
def test_what_is_accepted_is_where_requests_go(host):
    try:
        endpoint = endpoint_of(f"https://{host}.googleapis.com", "rest")
    except DatasetError:
        return
    sent = PreparedRequest()
    sent.prepare_url(f"https://{endpoint.host}/v1", {})
    assert parse_url(sent.url).host.endswith(".googleapis.com")
