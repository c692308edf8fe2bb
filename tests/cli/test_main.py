"""A run prints a few lines, and an error ends with what to do."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

import ees_analytics
from ees_analytics.cli import main, run
from ees_analytics.console.logging_setup import configure_logging, silence_kedro
from tests.conftest import PROJECT, project

ONE_TABLE = ["--namespaces", "ingest.ees_ga4_service_summary"]


def where(folder: Path) -> str:
    return f"lake_root={folder}/lake,landing_root={folder}/landing,reports_root={folder}/reports"


def invoke(folder: Path, *arguments: str) -> Result:
    """`kedro run` in this process."""
    project()
    return CliRunner().invoke(run, ["--params", where(folder), *arguments])


@pytest.fixture(autouse=True)
def loggers_as_they_were():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    for name in yaml.safe_load((PROJECT / "conf/logging.yml").read_text())["loggers"]:
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_the_package_has_the_projects_logging():
    packaged = Path(ees_analytics.__file__).with_name("logging.yml")
    assert packaged.read_text() == (PROJECT / "conf/logging.yml").read_text()


def test_a_run_is_a_few_plain_lines(tmp_path):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KEDRO")}
    process = subprocess.run(
        [sys.executable, "-m", "ees_analytics", "--params", where(tmp_path), *ONE_TABLE],
        cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=250,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    assert process.stderr == ""
    assert len(process.stdout.splitlines()) <= 5
    assert "✓ Run for 2026-06-30 (base) succeeded" in process.stdout
    assert "\x1b" not in process.stdout
    assert "1 table up to date" in invoke(tmp_path, *ONE_TABLE).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pipelines", "ingst"], "Did you mean"),
        (
            ["--params", "load_limits.max_rows=none"],
            "- conf/base/parameters.yml, line 29: `load_limits`: max_rows: Input",
        ),
        (["--env", "liv"], "There are: base, databricks, live"),
        (["--to-outputs", "app.typo"], "app.typo"),
        (["--namespaces", "reporting.event"], "reporting.event"),
        (["--nodes", "ees_service_sumary"], "Did you mean reporting.service.ees_service_summary"),
        (["--tags", "nonsense"], "There is no tag `nonsense`. There are: app, "),
        (["--runner", "ParallelRunner"], "--runner ParallelRunner cannot run this project"),
        (["--runner-params", "workers=1"], "It takes max_workers=<number>"),
        (["--load-versions", "raw.ees_ga4_page:3"], "tables have the versions of Delta"),
        (["--load-versions", "3"], "tables have the versions of Delta"),
        (["--params", "rundate=2026-06-20"], "Did you mean run_date"),
        (
            ["--params", "engine=sial"],
            "no engine `sial`: it is one of sail, spark, session, connect. Did you mean sail",
        ),
        (["--params", "table=ees_ga4_page"], "give `from` and `to`"),
        (["--params", "run_date=20-06-2026"], "Write a day as 2026-06-30"),
        (["--pipelines", "reporting", "--params", "run_date=2999-06-30"], "2999-06-30 is in the future"),
        (["--params", "ingest_range.run_date=2999-06-30"], "2999-06-30 is in the future"),
    ],
)
def test_wrong_settings_end_with_what_to_do(tmp_path, arguments, message):
    result = invoke(tmp_path, *arguments)
    assert result.exit_code == 1
    assert "Traceback" not in result.stderr
    assert message in result.stderr
    assert "kedro doctor" in result.stderr
    assert "pydantic" not in result.stderr
    assert "ERROR" not in result.stderr


@pytest.mark.parametrize(
    "key",
    ['{"type": "service_account", "private_key": "TOPSECRET"}', "-----BEGIN PRIVATE KEY-----\nTOPSECRET\n"],
)
@pytest.mark.parametrize("given", ["param", "variable", "conf", "first of the params"])
def test_a_key_in_the_place_of_its_path_is_refused_and_not_shown(tmp_path, monkeypatch, key, given):
    arguments = ["--params", where(tmp_path)]
    if given == "param":
        arguments[1] += f",google_key_file={key}"
    elif given == "first of the params":
        arguments[1] = f"google_key_file={key},{arguments[1]}"
    elif given == "variable":
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", key)
    else:
        shutil.copytree(PROJECT / "conf", tmp_path / "conf")
        file = tmp_path / "conf/base/globals.yml"
        file.write_text(file.read_text().replace("google_key_file: null", f"google_key_file: {key!r}"))
        arguments += ["--conf-source", str(tmp_path / "conf")]
    project()
    result = CliRunner().invoke(run, arguments)
    assert result.exit_code in (1, 2)
    assert "holds a key itself, not the path of a file" in result.output
    assert "TOPSECRET" not in f"{result.output} {result.exception}"
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize(
    "params", ["lake_root=${oc.env:HOME}", "load_limits.max_rows=${globals:x}", "run_date=a${b"]
)
def test_params_are_not_resolved(tmp_path, params):
    result = invoke(tmp_path, "--params", params)
    assert result.exit_code == 2
    assert "`${` is not accepted" in result.stderr
    assert str(Path.home()) not in result.stderr


def test_a_part_of_a_run_says_what_else_it_runs(monkeypatch, capsys):
    monkeypatch.chdir(PROJECT)
    project()
    nothing = dict.fromkeys((*main._SELECTION, "namespaces", "pipelines", "env", "conf_source"), ()) | {
        "params": {}
    }
    assert main._runnable(nothing) is nothing
    whole = {**nothing, "namespaces": ["reporting.service"]}
    assert main._runnable(whole) is whole
    part = main._runnable({**nothing, "namespaces": ["reporting.time_on_page"]})
    assert not part["namespaces"]
    assert "reporting.traffic.publication_titles" in part["node_names"]
    assert "Also run, because what they make is not stored: reporting.traffic." in capsys.readouterr().out


def test_params_that_cannot_be_split_show_no_secret(tmp_path):
    result = invoke(tmp_path, "--params", "x=1,Bearer TOPSECRET \x1b")
    assert result.exit_code == 2
    assert r"`Bearer [hidden] \x1b`" in result.stderr


def test_a_notebook_logs_no_line_for_each_table(tmp_path, monkeypatch):
    """Beside notebooks there is no conf/logging.yml, and Kedro's own configuration is in use."""
    monkeypatch.delenv("KEDRO_LOGGING_CONFIG", raising=False)
    kedro = logging.getLogger("kedro")
    kedro.setLevel(logging.INFO)
    monkeypatch.chdir(PROJECT)
    silence_kedro()
    assert kedro.level == logging.INFO, "the project's own configuration decides"
    monkeypatch.chdir(tmp_path)
    silence_kedro()
    assert kedro.level == logging.WARNING


def test_without_a_project_folder_the_package_is_as_quiet(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KEDRO_LOGGING_CONFIG", raising=False)
    configure_logging()
    assert logging.getLogger("kedro").level == logging.WARNING
    assert logging.getLogger("ees_analytics").level == logging.WARNING


def test_the_callers_logging_configuration_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEDRO_LOGGING_CONFIG", "mine.yml")
    logging.getLogger("kedro").setLevel(logging.DEBUG)
    configure_logging()
    assert logging.getLogger("kedro").level == logging.DEBUG
