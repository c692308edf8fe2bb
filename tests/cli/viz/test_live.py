"""`kedro viz run` shows the retold picture, asks nobody, and ends in peace."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request

import pytest
from click import ClickException

from ees_analytics.cli.viz.live import serve
from tests.conftest import PROJECT
from tests.viz.viz_run import viz_run


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def status(address: str, data: bytes | None = None, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_the_picture_is_served_and_nobody_is_asked(tmp_path):
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
            assert status(f"{address}/api/main", Host="evil.example") == 400, (
                "no page of another name reads it"
            )
            assert status(f"{address}/docs") == 404, "it would ask other hosts"
            deploy = json.dumps(
                {"platform": "local", "is_all_previews_enabled": True, "endpoint": "", "bucket_name": ""}
            )
            assert (
                status(f"{address}/api/deploy", deploy.encode(), **{"Content-Type": "application/json"})
                == 404
            )
        with pytest.raises(BlockingIOError):
            proxy.accept()


def test_a_port_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = taken.getsockname()
        with pytest.raises(
            ClickException, match=f"127.0.0.1:{address[1]} cannot be used .* Choose another --port"
        ):
            serve(PROJECT, None, {}, None, address, browser=False)


def test_a_pipeline_that_is_not_there_is_told():
    with pytest.raises(ClickException, match="no pipeline `repoting`. Did you mean reporting"):
        serve(PROJECT, None, {}, "repoting", ("127.0.0.1", 0), browser=False)
