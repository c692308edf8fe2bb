"""The conf archive that travels to Databricks holds no credentials, and nothing phones home."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import yaml

from ees_analytics import settings
from tests.conftest import PROJECT

SECRET = re.compile(
    r"BEGIN [A-Z ]*PRIVATE KEY|\"?private_key\"?\s*:|AIza[0-9A-Za-z_-]{30}|ya29\.[0-9A-Za-z_-]+|dapi[0-9a-f]{32}"
    r"|(?i:password|client_secret|refresh_token|access_token|api_key)\"?\s*[:=]\s*[\"']?[^\s\"'$#{]",
)


def secrets_in(conf: Path) -> list[str]:
    """Files of the packed conf archive that look as if they held a secret."""
    subprocess.run(
        ["tar", "--exclude=local/*.yml", "-czf", "conf.tar.gz", f"--directory={conf.parent}", conf.name],
        cwd=conf.parent, check=True,
    )  # fmt: skip
    with tarfile.open(conf.parent / "conf.tar.gz") as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        return sorted(
            member.name for member in members if SECRET.search(archive.extractfile(member).read().decode())
        )


def test_the_conf_archive_holds_no_credentials(tmp_path):
    conf = Path(shutil.copytree(PROJECT / "conf", tmp_path / "conf"))
    assert secrets_in(conf) == []


def test_that_guard_can_fail(tmp_path):
    conf = Path(shutil.copytree(PROJECT / "conf", tmp_path / "conf"))
    (conf / "databricks" / "credentials.yml").write_text(
        'google: {"private_key": "-----BEGIN PRIVATE KEY-----"}\n'
    )
    (conf / "live" / "token.yml").write_text("token: ya29.abcdef\n")
    assert secrets_in(conf) == ["conf/databricks/credentials.yml", "conf/live/token.yml"]


def test_no_telemetry():
    assert yaml.safe_load((PROJECT / ".telemetry").read_text()) == {"consent": False}
    assert "kedro-telemetry" in settings.DISABLE_HOOKS_FOR_PLUGINS


def test_a_run_opens_no_connection_to_another_machine(tmp_path):
    """`kedro run` on the sample with every connection but loopback refused."""
    code = f"""
import socket, sys
real = socket.socket.connect
def connect(self, address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        sys.stderr.write(f"CONNECTS TO {{address}}\\n")
        raise OSError("no network in this test")
    return real(self, address)
socket.socket.connect = connect
look_up = socket.getaddrinfo
def getaddrinfo(host, *more, **named):
    if host not in (None, "127.0.0.1", "::1", "localhost"):
        sys.stderr.write(f"LOOKS UP {{host}}\\n")
        raise OSError("no network in this test")
    return look_up(host, *more, **named)
socket.getaddrinfo = getaddrinfo
from kedro.framework.cli.cli import main
sys.argv = ["kedro", "run", "--pipelines", "ingest", "--params",
            "lake_root={tmp_path}/lake,landing_root={tmp_path}/landing,first_day=2026-06-27"]
main()
"""
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert "CONNECTS TO" not in result.stderr
    assert "LOOKS UP" not in result.stderr
