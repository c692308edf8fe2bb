"""A typo in a command or in conf stops it with a helpful message."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click import ClickException
from kedro.config import BadConfigException
from kedro.validation.exceptions import ParameterValidationError

from ees_analytics import settings
from ees_analytics.cli import config_errors
from ees_analytics.cli.config_errors import (
    check_globals,
    check_known_days,
    check_reports,
    check_run_date,
    check_runtime_parameters,
    check_sections,
    friendly_errors,
    with_places,
)
from ees_analytics.cli.package import write_archive
from ees_analytics.conf_loader import ConfLoader
from tests.conftest import PROJECT

CONF = PROJECT / "conf"
DAYS = {"from": "2026-06-24", "to": "2026-06-25", "reason": "lost"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """Conf as it travels to Databricks."""
    return write_archive(CONF, tmp_path_factory.mktemp("dist") / "conf-ees_analytics.tar.gz")


def test_what_conf_names_is_accepted(archive):
    given = {"accept_loss": "ees_session_starts+ees_publication_summary"}
    given |= {"run_date": "2026-06-30", "lake_root": "x", "backup_full": "true", "table": "ees_ga4_page"}
    check_runtime_parameters({**given, "ga4_calendar": {"max_shrink": 0.5}, "google_key_file": "x"}, CONF)
    check_runtime_parameters(given, archive)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rundate": "2026-06-20"}, "no parameter `rundate`. Did you mean run_date"),
        ({"table": "ees_ga4_evnts"}, "Did you mean ees_ga4_events"),
        ({"table": "raw_ees_queries"}, "no table of that name is fetched day by day"),
        ({"zzz": 1}, "no parameter `zzz`"),
        ({"accept_loss": "ees_session_starts+ees_publication_sumary"}, "mean ees_publication_summary"),
        (
            {"add_columns": "ees_ga4_pge+ees_ga4_hourly"},
            "no raw table `ees_ga4_pge`. Did you mean ees_ga4_page",
        ),
        ({"accept_loss": "ees_unclassified"}, "There is no table of the dashboard `ees_unclassified`"),
    ],
)
def test_a_typo_is_refused(given, message, archive):
    for conf in (CONF, archive):
        with pytest.raises(BadConfigException, match=message):
            check_runtime_parameters(given, conf)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"accept_days": "ees_ga4_pge:2026-06-24"}, "accept_days, ees_ga4_pge: .*Did you mean ees_ga4_page"),
        ({"accept_days": "ees_ga4_page:June"}, "'ees_ga4_page:June' is not `<table>:<day>`"),
        (
            {"known_gaps": [{"table": "raw_ees_queries", **DAYS}]},
            "known_gaps, raw_ees_queries: no table of that",
        ),
        (
            {"known_empty": [{"table": "ees_ga4_page", "from": "2026-06-24"}]},
            "known_empty.0.to: this setting is",
        ),
        ({"known_gaps": [{"table": "ees_ua_page", **DAYS}]}, "no table of that name is fetched day by day"),
    ],
)
def test_known_days_of_no_table_are_refused(given, message):
    check_known_days({"accept_days": "ees_ga4_page:2026-06-24+ees_search_console:2026-06-01"})
    check_known_days({"known_empty": [{"table": "ees_ua_page", **DAYS}]})  # frozen: no ingest can show it
    with pytest.raises(BadConfigException, match=message):
        check_known_days(given)


def test_a_report_that_does_not_fill_its_table_is_refused():
    reports = ConfLoader(str(CONF), env="base", **settings.CONFIG_LOADER_ARGS)["parameters"]["ga4"]["reports"]
    check_reports({**reports, "ees_ga4_country": {"dimensions": {}}})
    page = reports["ees_ga4_page"]
    more = {**page, "metrics": {**page["metrics"], "newUsers": "newUsers"}}
    less = {**page, "metrics": {"sessions": "sessions"}}
    with pytest.raises(
        BadConfigException, match=r"contracts/raw/ees_ga4_page.yml lacks: newUsers.*add-a-metric"
    ):
        check_reports({"ees_ga4_page": more})
    with pytest.raises(BadConfigException, match=r"contracts/raw/ees_ga4_page.yml has: bounceRate, "):
        check_reports({"ees_ga4_page": less})


def test_a_run_date_in_the_future_is_refused():
    today = dt.datetime.now(ZoneInfo("Europe/London")).date()
    tomorrow = today + dt.timedelta(days=1)
    check_run_date(today.isoformat())
    check_run_date(today - dt.timedelta(days=1))
    with pytest.raises(BadConfigException, match=f"run_date={tomorrow} is in the future: today is 20"):
        check_run_date(tomorrow.isoformat())


def test_a_misspelt_section_of_the_parameters_is_refused():
    with pytest.raises(BadConfigException) as caught:
        check_sections(["unclassfied", "rules"], ["unclassified", "rules", "ga4"], CONF)
    assert str(caught.value).splitlines() == [
        "parameters: nothing reads the key `unclassfied`. Did you mean unclassified?",
        "The key `ga4` is missing from parameters*.yml; it is read in a run.",
    ]


def test_the_file_of_a_section_that_no_step_reads_is_named():
    with pytest.raises(
        BadConfigException,
        match=r"conf/base/parameters_rules.yml, line \d+: nothing reads the key `unclassified`",
    ):
        check_sections(["unclassified", "rules"], ["rules"], CONF)


def _globals(env: str) -> dict[str, Any]:
    return ConfLoader(str(CONF), env=env, **settings.CONFIG_LOADER_ARGS)["globals"]


@pytest.mark.parametrize("env", ["base", "live", "databricks"])
def test_a_misspelt_or_unread_key_of_globals_is_refused(env, archive, tmp_path):
    keys = _globals(env).keys()
    for conf in (CONF, archive):
        check_globals(keys, conf, env)
        with pytest.raises(BadConfigException) as caught:
            check_globals({*keys, "lake_rot", "new"} - {"lake_root", "google_key_file"}, conf, env)
        assert str(caught.value).splitlines() == [
            "globals: nothing reads the key `lake_rot`. Did you mean lake_root?",
            "globals: nothing reads the key `new`.",
            "The key `google_key_file` is missing from globals*.yml; it is read in a run.",
        ]
    check_globals(["anything"], tmp_path / "elsewhere.tar.gz", env)


def test_an_unread_key_of_globals_is_named_with_file_and_line(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base/catalog.yml").write_text("a: {filepath: '${globals: lake_root}'}\n")
    (tmp_path / "base/globals_more.yml").write_text("lake_root: a\n\nlake_rot: b\n")
    keys = ["lake_root", "lake_rot", "google_key_file", "spark_driver_memory"]
    with pytest.raises(
        BadConfigException, match=r"base/globals_more.yml, line 3: nothing reads .*`lake_rot`"
    ):
        check_globals(keys, tmp_path, "base")


def test_an_archive_of_conf_is_not_looked_into(tmp_path):
    check_runtime_parameters({"anything": 1}, tmp_path / "conf.tar.gz")


def test_wrong_parameters_end_a_command_with_every_message():
    errors = "\n".join(f"- Parameter '{number}': wrong" for number in range(20))
    with (
        pytest.raises(ClickException, match="Parameter '19': wrong\nCheck conf"),
        friendly_errors("Check conf"),
    ):
        raise ParameterValidationError(errors)


def test_other_errors_are_not_hidden():
    with pytest.raises(ValueError, match="a bug"), friendly_errors("Check conf"):
        raise ValueError("a bug")


@pytest.mark.parametrize("value", [None, 5, ["2026-06-30"], "tomorrow"])
def test_a_run_date_that_is_not_a_day_is_refused(value):
    with pytest.raises(BadConfigException, match="is not a day"):
        check_run_date(value)


def test_places_are_read_only_where_something_is_wrong(monkeypatch):
    monkeypatch.setattr(config_errors, "_places_of_keys", lambda *_: pytest.fail("read"))
    check_sections({"a"}, {"a"}, CONF)
    check_runtime_parameters({}, CONF)


def test_wrong_parameters_have_a_file_and_line():
    """Of Kedro's message; a section that no file has is of ``--params``."""
    given = "Failed:\n- Parameter 'load_limits': x.\n  y.\n- Parameter 'nothing.part': z."
    assert with_places(given, CONF).splitlines() == [
        "Failed:",
        "- conf/base/parameters.yml, line 29: `load_limits`: x.",
        "  y.",
        "- parameters*.yml: `nothing.part`: z.",
    ]
