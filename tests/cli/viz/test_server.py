"""`kedro viz run` serves the customised diagram, sends no request to other hosts, and ends with exit code 0."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request

import pytest
from click.testing import CliRunner
from kedro.framework.startup import bootstrap_project

from ees_analytics.cli.viz.commands import run
from tests.cli.viz.viz_run import viz_run
from tests.conftest import PROJECT


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
            assert status(f"{address}/docs") == 404
            assert status(f"{address}/api/deploy", b"{}", **{"Content-Type": "application/json"}) == 405
        with pytest.raises(BlockingIOError):
            proxy.accept()


def invoke(*options: str) -> str:
    result = CliRunner().invoke(run, ["--no-browser", *options], obj=bootstrap_project(PROJECT))
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
