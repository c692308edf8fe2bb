"""``kedro run --help`` lists the project's pipelines and parameters, as registry and conf have them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from kedro.framework.project import pipelines

from ees_analytics.cli import run
from ees_analytics.cli.run_help import described_parameters
from tests.conftest import PROJECT, project


def help_text() -> str:
    project()
    result = CliRunner().invoke(run, ["--help"])
    assert result.exit_code == 0, result.output
    return result.output


def test_every_pipeline_and_parameter_is_listed(monkeypatch):
    monkeypatch.chdir(PROJECT)
    text = help_text()
    missing = [name for name in (*pipelines, *described_parameters(PROJECT / "conf")) if name not in text]
    assert not missing
    assert "data_engineering" not in text, "Kedro's example"


def test_outside_the_projects_folder_the_pipelines_are_listed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = help_text()
    assert "ingest_ga4" in text
    assert "In the project's folder, the help lists them." in text


def test_every_parameter_has_a_description():
    described = described_parameters(PROJECT / "conf")
    assert [name for name, text in described.items() if not text.partition("[")[0].strip()] == []
    assert described["lake_root"] == "Folder of local tables [data/lake]"
    assert described["backup_full"] == "true: compare every row and read every copy [false]"
    assert described["from"] == "The first day of a range to fetch again by hand, of one table or of all"


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("a: ${runtime_params:a,1}\n", "[1]"),
        ("# What a is. More.\na: ${runtime_params:a,null}\n", "What a is"),
        ("# Of b.\nb: 1\na: ${runtime_params:a,x}   # What a is\n", "What a is [x]"),
        ("# What a is.\n# It is long.\na: ${runtime_params:a,${globals:g}}\n", "The global [2]"),
    ],
)
def test_a_parameter_is_described_by_its_comment(tmp_path, text, described):
    (tmp_path / "base").mkdir()
    (tmp_path / "base/globals.yml").write_text("# The global.\ng: 2\n")
    (tmp_path / "base/parameters.yml").write_text(text)
    assert described_parameters(tmp_path) == {"a": described}
