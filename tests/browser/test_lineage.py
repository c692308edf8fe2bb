"""The picture opens in a real browser, shows the flow, and asks no other host."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click import ClickException

from ees_analytics.lineage import BOOKKEEPING, in_groups, server_of, without_bookkeeping, write_site
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

    with server_of(roots / "site", 0) as server:
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
    return read(browser, selector, lambda found: len(found) >= at_least)


def until(browser, selector: str, text: str) -> list[str]:
    return read(browser, selector, lambda found: text in " ".join(found))


def read(browser, selector: str, enough: Callable[[list[str]], bool]) -> list[str]:
    from selenium.webdriver.support.ui import WebDriverWait

    def look(_):
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)"
        found = browser.execute_script(script, selector)
        return found if enough(found) else None

    return WebDriverWait(browser, SECONDS).until(look)


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
        shown = set(texts(browser, ".pipeline-node__text", 12))
        assert {"sources", "ingest", "raw tables", "reporting", "app tables", "publish", "plots"} <= shown
        assert {"frozen tables", "plot.daily_traffic"} <= shown
        assert len(shown) == 12
        assert hosts_asked(browser) == {"127.0.0.1"}

    @pytest.mark.parametrize(
        ("box", "inside"), [("app tables", "app.ees_service_summary"), ("ingest", "ingest.ees_ga4_page")]
    )
    def test_a_box_opens_at_a_click(self, browser, address, box, inside):
        browser.get(address)
        texts(browser, ".pipeline-node__text", 12)
        find = "[...document.querySelectorAll('.pipeline-node')].find(e => e.textContent == arguments[0])"
        browser.execute_script(f"{find}.dispatchEvent(new MouseEvent('click', {{bubbles: true}}))", box)
        shown = until(browser, ".pipeline-node__text", inside)
        assert not [name for name in shown if BOOKKEEPING.fullmatch(name)]

    def test_a_table_has_a_preview_and_says_what_a_row_is(self, browser, address, roots):
        browser.get(f"{address}/?pid=__default__&sid={node_id(roots, 'app.ees_service_summary')}")
        until(browser, ".pipeline-metadata", "What it holds:One row is one day of the whole service")
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


def test_tables_stand_in_boxes_without_circles():
    def node(name: str, kind: str, *within: str) -> dict:
        return {"id": name, "name": name, "type": kind, "modular_pipelines": list(within) or None}

    nodes = [
        node("source.x", "data", "ingest"), node("raw.ees_ua_page", "data", "reporting"),
        node("raw.x", "data", "ingest", "reporting"), node("app.x", "data", "reporting"),
        node("app.y", "data", "reporting"), node("ingest", "modularPipeline"), node("reporting", "modularPipeline"),
        node("step", "task", "reporting"),
    ]  # fmt: skip
    chain = ["source.x", "ingest", "raw.x", "reporting", "app.x", "step", "app.y"]
    children = [
        {"id": name, "type": "data"} for name in ("source.x", "raw.x", "app.x", "app.y", "raw.ees_ua_page")
    ]
    tree = {
        "__root__": {"inputs": [], "outputs": [], "children": [*children, {"id": "ingest"}, {"id": "reporting"}]},
        "ingest": {"inputs": ["source.x"], "outputs": ["raw.x"], "children": []},
    }  # fmt: skip
    edges = [{"source": source, "target": target} for source, target in zip(chain, chain[1:], strict=False)]
    graph = in_groups(
        {"nodes": nodes, "edges": edges, "modular_pipelines": tree, "pipelines": [{"id": "__default__"}]}
    )
    drawn = {(edge["source"], edge["target"]) for edge in graph["edges"]}
    assert {("sources", "ingest"), ("ingest", "raw tables"), ("raw tables", "reporting")} <= drawn
    assert ("reporting", "app tables") in drawn
    assert ("app tables", "step") not in drawn
    shown = [child["id"] for child in graph["modular_pipelines"]["__root__"]["children"]]
    assert shown == ["ingest", "reporting", "app tables", "frozen tables", "raw tables", "sources"]
    assert graph["modular_pipelines"]["ingest"]["outputs"] == []


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
