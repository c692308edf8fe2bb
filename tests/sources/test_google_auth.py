"""The Google key among Databricks' secrets: read only when needed, and never shown."""

from __future__ import annotations

import sys
import types

import pytest

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
    key.write_text('{"type": "service_account", "private_key": "not-to-be-shown"}')
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    with pytest.raises(PermissionRefused, match="key.json, which cannot be read") as caught:
        credentials_for(GOOGLE, ["https://www.googleapis.com/auth/analytics.readonly"], None)
    assert "not-to-be-shown" not in str(caught.value)
