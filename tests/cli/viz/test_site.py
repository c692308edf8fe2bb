"""The diagram as files never replaces other files."""

from __future__ import annotations

import pytest
from click import ClickException
from click.testing import CliRunner

from ees_analytics.cli.viz.commands import build
from ees_analytics.cli.viz.responses import load_responses
from ees_analytics.cli.viz.site import write_site
from tests.conftest import PROJECT, project


@pytest.fixture(scope="module")
def responses(tmp_path_factory):
    return load_responses(PROJECT, None, {"lake_root": str(tmp_path_factory.mktemp("lake"))})


def main_responses(responses):
    return {path: respond for path, respond in responses.items() if path.count("/") < 2}


@pytest.mark.parametrize("name", ["index.html", "favicon.ico", "rows.parquet"])
def test_a_folder_of_something_else_is_left_alone(tmp_path, name):
    (tmp_path / name).write_text("precious")
    with pytest.raises(ClickException, match="Choose another folder with --target"):
        write_site({}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "precious"


def test_a_wrong_parameter_is_reported_before_anything_is_written(tmp_path):
    arguments = ["--params", "rundate=2026-06-30", "--target", f"{tmp_path}/site"]
    result = CliRunner().invoke(build, arguments, obj=project())
    assert result.exit_code == 1
    assert "Did you mean run_date" in result.output
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_diagram_is_replaced(tmp_path, responses):
    site = tmp_path / "site"
    write_site(responses, site, previews=False)
    (site / "api/nodes/of_a_former_table").write_text("{}")
    graph = (site / "api/main").read_text()
    assert write_site(main_responses(responses), site, previews=False) == site / "index.html"
    assert not (site / "api/nodes/of_a_former_table").exists()
    assert (site / "api/main").read_text() == graph
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    pages = [page.read_text() for page in site.rglob("*.html")]
    assert pages
    assert not any("https://" in page for page in pages), "no other host, no telemetry"


def test_a_failure_leaves_the_earlier_diagram(tmp_path, responses):
    def interrupt():
        raise KeyboardInterrupt

    site = tmp_path / "site"
    few = main_responses(responses)
    page = write_site(few, site, previews=False).read_text()
    with pytest.raises(KeyboardInterrupt):
        write_site({**few, "api/version": interrupt}, site, previews=False)
    assert (site / "index.html").read_text() == page
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
