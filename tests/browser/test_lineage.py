"""The picture opens in a real browser, shows the flow, and asks no other host."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click import ClickException

from ees_analytics.lineage import BOOKKEEPING, without_bookkeeping, write_site
from tests.conftest import PROJECT

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
REQUIRED = os.environ.get("EES_REQUIRE_BROWSER") == "1"
in_a_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER) and not REQUIRED,
        reason="needs chromium and chromedriver: apt-get install chromium chromium-driver",
    ),
]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--window-size=1600,1000",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
SECONDS = 60


def kedro(*arguments: str) -> None:
    command = [sys.executable, "-m", "kedro", *arguments]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def roots(tmp_path_factory) -> Path:
    """A lake of the sample's."""
    folder = tmp_path_factory.mktemp("browser")
    kedro("run", "--params", where(folder))
    return folder


def where(folder: Path) -> str:
    return f"lake_root={folder}/lake,landing_root={folder}/landing,reports_root={folder}/reports"


@pytest.fixture(scope="module")
def address(roots):
    """The picture, served on this machine."""
    kedro("lineage", "--params", where(roots), "--target", str(roots / "site"))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(roots / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def browser(tmp_path):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or "chromium"
    for flag in [*FLAGS, f"--user-data-dir={tmp_path}/profile"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER or "chromedriver"))
    yield driver
    driver.quit()


def texts(browser, selector: str, at_least: int) -> list[str]:
    from selenium.webdriver.support.ui import WebDriverWait

    def read(_):
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)"
        found = browser.execute_script(script, selector)
        return found if len(found) >= at_least else None

    return WebDriverWait(browser, SECONDS).until(read)


def hosts_asked(browser) -> set[str]:
    """Every host that the pages asked for something."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"}
    return {
        urlsplit(url).hostname or ""
        for url in asked
        if urlsplit(url).scheme in ("http", "https", "ws", "wss")
    }


class TestInABrowser:
    pytestmark = in_a_browser

    def test_the_flow_in_one_look(self, browser, address):
        browser.get(address)
        shown = set(texts(browser, ".pipeline-node__text", 60))
        assert {"ingest", "reporting", "publish", "plots"} <= shown
        assert {
            "source.website",
            "raw.ees_ga4_page",
            "app.ees_service_summary",
            "plot.daily_traffic",
        } <= shown
        assert not [name for name in shown if BOOKKEEPING.fullmatch(name)]
        assert hosts_asked(browser) == {"127.0.0.1"}

    def test_a_table_has_a_preview_and_says_what_a_row_is(self, browser, address, roots):
        browser.get(f"{address}/?pid=__default__&sid={node_id(roots, 'app.ees_service_summary')}")
        said = " ".join(texts(browser, ".pipeline-metadata", 1))
        assert "One row is one day of the whole service" in said
        columns = texts(browser, ".pipeline-metadata th, .preview-table__header", 7)
        assert "pageviews_avg7" in " ".join(columns)
        assert hosts_asked(browser) == {"127.0.0.1"}

    @pytest.mark.parametrize("plot", ["daily_traffic", "top_publications", "freshness"])
    def test_a_plot_is_drawn(self, browser, address, roots, plot):
        browser.get(f"{address}/?pid=__default__&sid={node_id(roots, f'plot.{plot}')}")
        assert texts(browser, ".pipeline-metadata .js-plotly-plot", 1)
        assert texts(browser, ".pipeline-metadata .plotly .trace", 1)
        assert hosts_asked(browser) == {"127.0.0.1"}

    def test_the_run_report_opens_from_its_file(self, browser, roots):
        (report,) = (roots / "reports").glob("*.html")
        browser.get(f"file://{report}")
        assert "analytics run" in browser.find_element("tag name", "h1").text
        wide = browser.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0
        assert hosts_asked(browser) == set()


def node_id(roots: Path, name: str) -> str:
    graph = json.loads((roots / "site/api/main").read_text())
    return next(node["id"] for node in graph["nodes"] if node["name"] == name)


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "rows.parquet").write_text("precious")
    with pytest.raises(ClickException, match="holds other files"):
        write_site(PROJECT, None, {}, tmp_path)
    assert (tmp_path / "rows.parquet").read_text() == "precious"


def test_bookkeeping_is_left_out_with_its_edges():
    nodes = [
        {"id": "1", "name": "state.x", "type": "data"},
        {"id": "2", "name": "plan", "type": "task"},
        {"id": "3", "name": "raw.x", "type": "data"},
        {"id": "4", "name": "params:x", "type": "parameters"},
    ]
    graph = {
        "nodes": nodes, "layers": ["raw"],
        "edges": [{"source": "1", "target": "2"}, {"source": "2", "target": "3"}],
        "modular_pipelines": {"__root__": {"inputs": ["1"], "outputs": ["3"], "children": [{"id": "1"}, {"id": "3"}]}},
    }  # fmt: skip
    tidy = without_bookkeeping(graph)
    assert [node["id"] for node in tidy["nodes"]] == ["2", "3"]
    assert tidy["edges"] == [{"source": "2", "target": "3"}]
    assert tidy["modular_pipelines"]["__root__"] == {
        "inputs": [],
        "outputs": ["3"],
        "children": [{"id": "3"}],
    }
