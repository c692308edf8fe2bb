"""The conf archive that travels to Databricks holds no credentials, and telemetry is off."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
from pathlib import Path

import yaml
from detect_secrets.pre_commit_hook import main as scan

from ees_analytics import settings
from ees_analytics.cli.package import write_archive
from tests.conftest import PROJECT

SECRET = re.compile(
    r"BEGIN [A-Z ]*PRIVATE KEY|\"?private_key\"?\s*:|AIza[0-9A-Za-z_-]{30}|ya29\.[0-9A-Za-z_-]+|dapi[0-9a-f]{32}"
    r"|(?i:password|client_secret|refresh_token|access_token|api_key)\"?\s*[:=]\s*[\"']?[^\s\"'$#{]",
)


def secrets_in(conf: Path) -> list[str]:
    """Files of the packed conf archive that look as if they held a secret."""
    with tarfile.open(write_archive(conf, conf.parent / "dist" / "conf.tar.gz")) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        return sorted(
            member.name for member in members if SECRET.search(archive.extractfile(member).read().decode())
        )


def test_the_conf_archive_holds_no_credentials(tmp_path):
    conf = Path(shutil.copytree(PROJECT / "conf", tmp_path / "conf"))
    assert secrets_in(conf) == []


def test_the_conf_archive_has_nothing_but_settings(tmp_path):
    """An allow-list: keys and `.env` files are no settings, wherever in conf they are."""
    conf = Path(shutil.copytree(PROJECT / "conf", tmp_path / "conf"))
    with tarfile.open(write_archive(conf, tmp_path / "before.tar.gz")) as archive:
        before = archive.getnames()
    for name in (
        "local/google-key.json",
        "local/globals.yml",
        ".env",
        "base/.env",
        "live/key.json",
        "base/.x.yml",
    ):
        (conf / name).parent.mkdir(exist_ok=True)
        (conf / name).write_text("x: 1\n")
    with tarfile.open(write_archive(conf, tmp_path / "after.tar.gz")) as archive:
        assert archive.getnames() == before
    assert {"conf/logging.yml", "conf/base/globals.yml", "conf/databricks/globals.yml"} <= {*before}


def test_that_guard_can_fail(tmp_path):
    conf = Path(shutil.copytree(PROJECT / "conf", tmp_path / "conf"))
    (conf / "databricks" / "credentials.yml").write_text(
        'google: {"private_key": "-----BEGIN PRIVATE KEY-----"}\n'  # pragma: allowlist secret
    )
    (conf / "live" / "token.yml").write_text("token: ya29.abcdef\n")
    assert secrets_in(conf) == ["conf/databricks/credentials.yml", "conf/live/token.yml"]


def test_no_telemetry():
    assert yaml.safe_load((PROJECT / ".telemetry").read_text()) == {"consent": False}
    assert "kedro-telemetry" in settings.DISABLE_HOOKS_FOR_PLUGINS


def test_the_secret_scan_can_fail(tmp_path, monkeypatch, capsys):
    """`.ci/run lint` scans every file of the repository; the baseline has no accepted secret."""
    monkeypatch.chdir(PROJECT)
    assert json.loads((PROJECT / ".secrets.baseline").read_text())["results"] == {}
    file = tmp_path / "settings.py"
    for line, status in (
        ("password = 'c0rrect-h0rse'", 1),  # pragma: allowlist secret
        ("address = 'https://a:b7xQ@host.org'", 1),  # pragma: allowlist secret
        ("name = 'x'", 0),
    ):
        file.write_text(f"{line}\n")
        assert scan(["--baseline", ".secrets.baseline", str(file)]) == status, line
    capsys.readouterr()
