"""`kedro viz run` serves the customised diagram, sends no request to other hosts, and ends with exit code 0."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import urllib.error
import urllib.request
from base64 import b64encode
from hashlib import sha256

import pytest
from click.testing import CliRunner
from starlette.applications import Starlette

from ees_analytics.cli.viz.commands import run
from ees_analytics.cli.viz.responses import page
from ees_analytics.cli.viz.server import create_app
from tests.cli.viz.viz_run import viz_run
from tests.conftest import project


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def status(address: str, data: bytes | None = None, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_the_diagram_is_served_without_requests_to_other_hosts(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)
        outside = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        where = ["--params", f"lake_root={tmp_path}/lake", "--pipeline", "ingest"]
        with viz_run(*where, https_proxy=outside, http_proxy=outside, no_proxy="127.0.0.1") as address:
            page = get(address)
            assert "fonts.g" not in page
            assert "localStorage.KedroViz" in page
            version = json.loads(get(f"{address}/api/version"))
            assert not version["is_outdated"]
            names = {node["name"]: node for node in json.loads(get(f"{address}/api/main"))["nodes"]}
            assert {"sources", "raw tables", "raw.ees_ga4_page"} <= names.keys()
            assert not any(name.startswith("state.") for name in names)
            table = json.loads(get(f"{address}/api/nodes/{names['raw.ees_ga4_page']['id']}"))
            assert table["filepath"].startswith("Google Analytics 4: one row is")
            assert status(f"{address}/api/main", Host="evil.example") == 400, "guard against DNS rebinding"
            assert status(f"{address}/docs") == status(f"{address}/docs/oauth2-redirect") == 404
            assert status(f"{address}/api/deploy", b"{}", **{"Content-Type": "application/json"}) == 405
        with pytest.raises(BlockingIOError):
            proxy.accept()


def ask(app: Starlette, path: str, host: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body, as a server at 192.0.2.7 would send them."""
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "scheme": "http", "http_version": "1.1", "server": ("192.0.2.7", 4141), "headers": [(b"host", host.encode())],
    }  # fmt: skip
    sent = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]).decode()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::", "analytics.example", "10.1.2.3"])
def test_only_names_of_this_machine_are_answered(host):
    """Whatever --host is: another name may be a page elsewhere that DNS sends here."""
    app = create_app({"index.html": lambda: b"page"}, host)
    own = [host, "localhost:4141", "127.0.0.1", "[::1]:80", "192.0.2.7:4141", socket.gethostname().upper()]
    for name in own:
        assert ask(app, "/", f"[{name}]" if name == "::" else name)[0] == 200, name
    for name in (
        "evil.example",
        "",
        "[",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.example:80",
    ):
        for path in ("/", "/assets/none.js"):
            assert ask(app, path, name)[0] == 400, name


@pytest.mark.parametrize("path", ["/", "/none", "/docs/oauth2-redirect", "/assets/none.js"])
def test_other_pages_cannot_frame_or_extend_the_diagram(path):
    _, headers, text = ask(create_app({"index.html": page}, "127.0.0.1"), path, "127.0.0.1")
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    for script in re.findall(r"<script>(.*?)</script>", text, re.DOTALL):
        assert b64encode(sha256(script.encode()).digest()).decode() in policy["script-src"]


def invoke(*options: str) -> str:
    result = CliRunner().invoke(run, ["--no-browser", *options], obj=project())
    assert result.exit_code == 1
    return result.output


def test_a_port_in_use_is_reported():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        output = invoke("--port", str(port))
    assert f"127.0.0.1:{port} cannot be used (Address already in use" in output
    assert "Choose another --port" in output


def test_an_unknown_pipeline_is_reported():
    output = invoke("--port", "0", "--pipeline", "repoting")
    assert "no pipeline `repoting`. Did you mean reporting" in output
