"""`kedro viz run` shows the retold picture, asks nobody, and ends in peace."""

from __future__ import annotations

import json
import socket
import urllib.request

import pytest
from click import ClickException

from ees_analytics.viz.live import serve
from tests.conftest import PROJECT
from tests.viz.viz_run import viz_run


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


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
        with pytest.raises(BlockingIOError):
            proxy.accept()


def test_a_port_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = taken.getsockname()
        with pytest.raises(ClickException, match=f"Port {address[1]} .* Choose another one with --port"):
            serve(PROJECT, None, {}, None, address, browser=False)


def test_a_pipeline_that_is_not_there_is_told():
    with pytest.raises(ClickException, match="find the pipeline named 'repoting'"):
        serve(PROJECT, None, {}, "repoting", ("127.0.0.1", 0), browser=False)
