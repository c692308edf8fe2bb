"""The picture as files: never in the place of other files, and from anywhere in the project."""

from __future__ import annotations

import pytest
from click import ClickException

from ees_analytics.cli.viz.site import write_site
from tests.conftest import PROJECT


@pytest.mark.parametrize("name", ["index.html", "favicon.ico", "rows.parquet"])
def test_a_folder_of_something_else_is_left_alone(tmp_path, name):
    (tmp_path / name).write_text("precious")
    with pytest.raises(ClickException, match="Choose another folder with --target"):
        write_site(PROJECT, None, {}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "precious"


def test_a_wrong_parameter_is_told_before_anything_is_written(tmp_path):
    with pytest.raises(ClickException, match="Did you mean run_date"):
        write_site(PROJECT, None, {"rundate": "2026-06-30"}, tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_picture_is_replaced(tmp_path, monkeypatch):
    where = {"lake_root": f"{tmp_path}/lake"}
    monkeypatch.chdir(PROJECT / "docs")
    site = tmp_path / "site"
    write_site(PROJECT, None, where, site, previews=False)
    (site / "api/nodes/of_a_table_that_is_no_more").write_text("{}")
    graph = (site / "api/main").read_text()
    write_site(PROJECT, None, where, site, previews=False)
    assert not (site / "api/nodes/of_a_table_that_is_no_more").exists()
    assert (site / "api/main").read_text() == graph
    assert [path.name for path in tmp_path.iterdir() if path.name != "lake"] == ["site"]
    pages = [page.read_text() for page in site.rglob("*.html")]
    assert pages
    assert not any("https://" in page for page in pages), "no other host, no telemetry, from any folder"


def test_a_picture_that_could_not_be_made_leaves_the_earlier_one(tmp_path, monkeypatch):
    def break_off(*_):
        raise KeyboardInterrupt

    where = {"lake_root": f"{tmp_path}/lake"}
    site = tmp_path / "site"
    page = write_site(PROJECT, None, where, site, previews=False).read_text()
    monkeypatch.setattr("ees_analytics.cli.viz.site.retold", break_off)
    with pytest.raises(KeyboardInterrupt):
        write_site(PROJECT, None, where, site, previews=False)
    assert (site / "index.html").read_text() == page
    assert [path.name for path in tmp_path.iterdir() if path.name != "lake"] == ["site"]
