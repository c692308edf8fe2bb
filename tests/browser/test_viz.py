"""The diagram opens in a real browser, shows the flow, and sends no request to other hosts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ees_analytics.cli.viz.graph import BOOKKEEPING
from ees_analytics.contracts import all_contracts
from tests.cli.viz.viz_run import viz_run
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
READABLE_PIXELS = 7
"""Height of a name in an open box, at 1600 pixels' width."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def kedro(*arguments: str) -> None:
    command = [sys.executable, "-m", "kedro", *arguments]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def roots(tmp_path_factory) -> Path:
    """The sample's lake."""
    folder = tmp_path_factory.mktemp("browser")
    kedro("run", "--params", where(folder))
    return folder


def where(folder: Path) -> str:
    return f"lake_root={folder}/lake,landing_root={folder}/landing,reports_root={folder}/reports"


@pytest.fixture(scope="module", params=["viz run", "viz build"])
def address(request, roots):
    """The diagram, live and from files."""
    if request.param == "viz run":
        with viz_run("--params", where(roots)) as address:
            yield address
        return
    kedro("viz", "build", "--include-previews", "--params", where(roots), "--target", str(roots / "site"))
    handler = partial(SimpleHTTPRequestHandler, directory=str(roots / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
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


def inside_the_window(browser) -> None:
    """No box is cut by the window, once it has settled."""
    from selenium.webdriver.support.ui import WebDriverWait

    cut = (
        "return [...document.querySelectorAll('.pipeline-node')].filter(e => { const at = e.getBoundingClientRect();"
        "return at.left < 0 || at.right > innerWidth || at.top < 0 || at.bottom > innerHeight }).length"
    )
    WebDriverWait(browser, SECONDS).until(lambda _: browser.execute_script(cut) == 0)


def hosts_asked(browser) -> set[str]:
    """Every host that the pages asked for something."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"}
    return {
        urlsplit(url).hostname or ""
        for url in asked
        if urlsplit(url).scheme in ("http", "https", "ws", "wss")
    }


def refused(browser) -> list[str]:
    """What the page's own content security policy did not allow."""
    return [
        entry["message"]
        for entry in browser.get_log("browser")
        if "Content Security Policy" in entry["message"]
    ]


class TestInABrowser:
    pytestmark = in_a_browser

    def test_the_flow_in_one_look(self, browser, address):
        browser.get(address)
        shown = set(texts(browser, ".pipeline-node__text", 12))
        assert {"sources", "ingest", "raw tables", "reporting", "app tables", "publish", "plots"} <= shown
        assert {"frozen tables", "plot.daily_traffic"} <= shown
        assert len(shown) == 12
        inside_the_window(browser)
        for selector in (".pipeline-list", ".pipeline-search-list"):
            assert browser.find_element("css selector", selector).is_displayed(), selector
        offered = browser.find_elements("css selector", ".pipeline-global-toolbar button")
        assert offered
        assert not {"View your workflow", "Publish and share"} & {
            button.get_attribute("aria-label") for button in offered if button.is_displayed()
        }
        assert hosts_asked(browser) == {"127.0.0.1"}
        assert refused(browser) == []

    @pytest.mark.parametrize(
        ("box", "inside"),
        [
            ("app tables", "app.ees_session_starts"),
            ("raw tables", "raw.ees_search_console"),
            ("ingest", "ingest.ees_search_console"),
        ],
    )
    def test_a_box_opens_at_a_click(self, browser, address, box, inside):
        browser.get(address)
        texts(browser, ".pipeline-node__text", 12)
        find = "[...document.querySelectorAll('.pipeline-node')].find(e => e.textContent == arguments[0])"
        browser.execute_script(f"{find}.dispatchEvent(new MouseEvent('click', {{bubbles: true}}))", box)
        shown = until(browser, ".pipeline-node__text", inside)
        assert not [name for name in shown if BOOKKEEPING.fullmatch(name)]
        heights = "return [...document.querySelectorAll('.pipeline-node__text')].map(e => e.getBoundingClientRect().height)"
        assert min(browser.execute_script(heights)) >= READABLE_PIXELS
        inside_the_window(browser)

    def test_a_table_has_a_preview_and_shows_what_a_row_is(self, browser, address):
        browser.get(f"{address}/?pid=__default__&sid={node_id(address, 'app.ees_service_summary')}")
        until(browser, ".pipeline-metadata", "One row is one day of the whole service")
        label = "return [...document.querySelectorAll('.pipeline-metadata__label')].map(e => getComputedStyle(e, '::after').content)"
        assert '"About:"' in browser.execute_script(label)
        columns = texts(browser, ".pipeline-metadata th, .preview-table__header", 7)
        assert "pageviews_avg7" in " ".join(columns)
        assert hosts_asked(browser) == {"127.0.0.1"}

    @pytest.mark.parametrize("plot", ["daily_traffic", "top_publications", "freshness"])
    def test_a_plot_is_drawn(self, browser, address, plot):
        browser.get(f"{address}/?pid=__default__&sid={node_id(address, f'plot.{plot}')}")
        assert texts(browser, ".pipeline-metadata .js-plotly-plot", 1)
        assert texts(browser, ".pipeline-metadata .plotly .trace", 1)
        texts(browser, ".pipeline-metadata .ytick text", 2)
        heights = "return [...document.querySelectorAll('.pipeline-metadata .ytick text')].map(e => e.getBoundingClientRect())"
        labels = sorted((box["top"], box["bottom"]) for box in browser.execute_script(heights))
        assert all(above[1] <= below[0] + 1 for above, below in pairwise(labels)), "no label is over another"
        assert hosts_asked(browser) == {"127.0.0.1"}
        assert refused(browser) == []

    @pytest.mark.parametrize("width", [1440, 390])
    @pytest.mark.parametrize("name", ["latest", "index"])
    def test_the_run_report_opens_from_its_file_and_is_accessible(self, browser, roots, name, width):
        set_width(browser, width)
        browser.get(f"file://{roots}/reports/{name}.html")
        assert "analytics run" in browser.find_element("tag name", "h1").text
        wide = "return [document.documentElement, ...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth)"
        assert not browser.execute_script(wide), "nothing scrolls sideways"
        assert_accessible(browser)
        assert hosts_asked(browser) == set()

    @pytest.mark.parametrize("width", [1440, 390])
    @pytest.mark.parametrize(
        "name", ["index", "app.ees_service_summary", "raw.ees_search_console", "raw.ees_ua_page"]
    )
    def test_the_catalogue_opens_from_its_folder_and_is_accessible(self, browser, catalogue, name, width):
        set_width(browser, width)
        browser.get(f"file://{catalogue}/{name}.html")
        wide = "return document.documentElement.scrollWidth - window.innerWidth"
        assert browser.execute_script(wide) <= 0
        assert_accessible(browser)
        assert hosts_asked(browser) == set()

    def test_a_search_finds_tables_by_their_columns(self, browser, catalogue):
        browser.get(f"file://{catalogue}/raw.ees_ua_page.html")
        box = browser.find_element("id", "search")
        box.send_keys("rest bounceRate\n")
        assert until(browser, "#found", "0 of") == [f"0 of {len(all_contracts())} tables"]
        box = browser.find_element("id", "search")
        box.clear()
        box.send_keys("ga4 bouncerate")
        assert until(browser, "#found", "3 of")
        shown = [
            item for item in browser.find_elements("css selector", "[data-column]") if item.is_displayed()
        ]
        assert {item.text.split()[0] for item in shown} == {"bounceRate"}

    def test_a_run_report_links_to_the_catalogue(self, browser, roots, catalogue):
        kedro("run", "--pipelines", "publish", "--params", where(roots))
        browser.get(f"file://{roots}/reports/latest.html")
        browser.find_element("css selector", "a[href='../catalogue/app.ees__last_updated.html']").click()
        assert browser.find_element("tag name", "h1").text == "app.ees__last_updated"


@pytest.fixture(scope="module")
def catalogue(roots) -> Path:
    """The pages of the sample's tables."""
    kedro("data-dictionary", "--site", "--params", where(roots))
    return roots / "catalogue"


def set_width(browser, width: int) -> None:
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)


def assert_accessible(browser) -> None:
    """axe finds no fault."""
    from selenium_axe_python import Axe

    axe = Axe(browser)
    axe.inject()
    found = axe.run(options={"runOnly": WCAG})
    assert found["passes"], "rules were tried"
    assert not found["violations"], axe.report(found["violations"])


def node_id(address: str, name: str) -> str:
    with urllib.request.urlopen(f"{address}/api/main", timeout=SECONDS) as answer:
        graph = json.load(answer)
    return next(node["id"] for node in graph["nodes"] if node["name"] == name)
