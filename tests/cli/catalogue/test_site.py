"""The catalogue to browse: what its pages show, what they hide, and what they never replace."""

from __future__ import annotations

import datetime as dt
import re

import pyarrow as pa
import pytest
from click.testing import CliRunner
from lxml import html

from ees_analytics.cli.catalogue import pages
from ees_analytics.cli.catalogue.content import Content, content_of
from ees_analytics.cli.catalogue.lineage import Lineage
from ees_analytics.cli.main import data_dictionary
from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.contracts.contract import SliceBatch
from ees_analytics.lake.table import TableDataset
from tests.conftest import project

TABLE = "raw.ees_search_console"
DAYS = [dt.date(2026, 6, day) for day in (1, 2, 4)]


@pytest.fixture
def searches(tmp_path) -> TableDataset:
    """Three days of searches, one missing between them."""
    columns = {
        "date": DAYS,
        "pagePath": ["/a"] * 3,
        "query": ["<script>alert(1)</script>", "my name", "x" * 900],
        "clicks": [1.0, 2.0, 3.0],
        "impressions": [9.0, 9.0, 9.0],
        "position": [1.0, 1.5, 2.0],
    }
    dataset = TableDataset(table=TABLE, engine="sail", lake_root=str(tmp_path), mode="replace-slice")
    dataset.save(SliceBatch(pa.table(columns), [day.isoformat() for day in DAYS]))
    return dataset


def content(dataset: TableDataset, personal: bool = False) -> Content:
    return content_of(dataset, contract_for(TABLE), personal)


def page_of(found: Content, made: Lineage | None = None) -> str:
    contracts = {TABLE: contract_for(TABLE)}
    return pages(contracts, {TABLE: found}, {TABLE: made or Lineage()}, "base")[f"{TABLE}.html"]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.fromstring(page).text_content())


def test_days_and_newest_rows(searches):
    found = content(searches)
    assert found.rows == 3
    assert found.newest_days == [
        (dt.date(2026, 6, 4), 1),
        (dt.date(2026, 6, 3), 0),
        (dt.date(2026, 6, 2), 1),
        (dt.date(2026, 6, 1), 1),
    ]
    assert found.days_without_rows == ["2026-06-03"]
    assert [row[0] for row in found.newest] == ["2026-06-04", "2026-06-02", "2026-06-01"]
    text = words(page_of(found))
    assert "2026-06-01 to 2026-06-04, 3 with rows" in text
    assert "Wed 2026-06-03no rows" in text


def test_what_people_typed_is_hidden_unless_asked_for(searches):
    page = page_of(content(searches))
    assert "my name" not in page
    assert "are hidden: pagePath, query." in words(page)
    assert "my name" in page_of(content(searches, personal=True))


def test_values_are_escaped_and_short(searches):
    page = page_of(content(searches, personal=True))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "x" * 199 + "…" in page
    assert "x" * 200 not in page


def test_columns_with_their_checks():
    contracts = all_contracts()
    shown = pages(contracts, dict.fromkeys(contracts, Content("here")), {}, "base")
    rows = html.fromstring(shown["app.ees_search_console_queries.html"]).xpath("//table[1]//tr")
    texts = [[cell.text_content() for cell in row] for row in rows]
    assert next(row for row in texts if row[0] == "metric")[:3] == ["metric", "STRING", "no"]
    assert next(row for row in texts if row[0] == "metric")[4] == "one of clicks, impressions"
    assert next(row for row in texts if row[0] == "count")[4] == "finite, from 0"


def test_every_link_has_its_page():
    contracts = all_contracts()
    made = {TABLE: Lineage(["load"], [TABLE, "source.x"], [], ["app.ees_service_summary", "plot.y"])}
    shown = pages(contracts, dict.fromkeys(contracts, Content("here")), made, "base")
    assert {f"{name}.html" for name in contracts} < set(shown)
    for name, text in shown.items():
        links = re.findall(r'(?:href|src|action)="([^"#]+)"', text)
        assert set(links) <= set(shown), name
    links = html.fromstring(shown[f"{TABLE}.html"]).xpath("//main//a/@href")
    assert links == [f"{TABLE}.html", "app.ees_service_summary.html"]


def test_an_absent_table_and_a_damaged_one_are_named(searches, tmp_path):
    absent = TableDataset(table=TABLE, engine="sail", lake_root=str(tmp_path / "other"))
    assert "The table is not in this lake." in words(page_of(content(absent)))
    for file in (tmp_path / "analytics_raw/ees_search_console").glob("*.parquet"):
        file.unlink()
    assert "this table is damaged" in words(page_of(content(searches)))


def command(*arguments: str):
    return CliRunner().invoke(data_dictionary, arguments, obj=project())


def test_the_command_writes_beside_the_reports_and_replaces_only_its_own(tmp_path):
    roots = f"lake_root={tmp_path}/lake,reports_root={tmp_path}/reports"
    first = command("--site", "--params", roots)
    assert first.exit_code == 0, first.output
    assert f"Written: {tmp_path}/catalogue/index.html" in first.output
    index = (tmp_path / "catalogue/index.html").read_text()
    assert index.count("Not in this lake") == len(all_contracts())
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "index.html").write_text("mine")
    refused = command("--site", str(precious), "--params", roots)
    assert refused.exit_code == 1
    assert "Choose another folder with --site" in refused.output
    assert (precious / "index.html").read_text() == "mine"


def test_options_of_the_site_need_it():
    refused = command("--personal-data")
    assert refused.exit_code == 2
    assert "need --site" in refused.output
