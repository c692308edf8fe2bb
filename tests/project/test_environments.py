"""An environment changes where, never what."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.lake.storage import storage_for
from tests.conftest import PROJECT
from tests.project.catalogue import ENVIRONMENTS, catalogue, config, entry_of

WHAT = ("table", "mode", "validator")
"""Options of a table's entry that say what it is."""


def key_differences(catalogues: dict[str, dict]) -> dict[str, set[str]]:
    """Environment to the keys that it lacks."""
    every = set().union(*catalogues.values())
    return {env: every - set(entries) for env, entries in catalogues.items() if every - set(entries)}


def test_every_environment_has_the_same_keys():
    assert key_differences({env: catalogue(env) for env in ENVIRONMENTS}) == {}


def test_that_guard_can_fail(tmp_path):
    conf = Path(shutil.copytree(PROJECT / "conf", tmp_path / "conf"))
    (conf / "live" / "catalog_extra.yml").write_text("raw.only_here: {type: MemoryDataset}\n")
    assert key_differences({env: catalogue(env, conf) for env in ENVIRONMENTS}) == {
        "base": {"raw.only_here"},
        "databricks": {"raw.only_here"},
    }


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_table_is_the_same_thing_everywhere(env):
    for name in all_contracts():
        here, base = entry_of(env, name), entry_of("base", name)
        assert {key: here.get(key) for key in WHAT} == {key: base.get(key) for key in WHAT}, name


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_parameters_differ_in_dates_only(env):
    here, base = config(env)["parameters"], config("base")["parameters"]
    assert set(here) == set(base)
    differing = {key for key in base if here[key] != base[key]}
    assert differing <= {"run_date", "ingest_range"}


def test_where_the_tables_lie():
    assert entry_of("base", "raw.ees_ga4_page")["lake_root"] == "data/lake"
    assert entry_of("live", "raw.ees_ga4_page")["lake_root"] == "data/live/lake"
    production = entry_of("databricks", "app.ees_service_summary")
    assert production["catalog"] == "catalog_40_copper_statistics_services"
    assert production["engine"] == "session"
    assert (
        entry_of("base", "export.ees_service_summary")["filepath"]
        == "data/exports/ees_service_summary.parquet"
    )
    assert entry_of("databricks", "export.ees_service_summary")["filepath"].startswith("/Volumes/")


DOWNLOADS = [name for name in all_contracts() if name.endswith("_downloads") and name.startswith("raw.")]
OF_A_TABLE = ("raw.{}", "state.{}", "ledger.{}", "restored.{}", "storage.{}")
"""Every dataset that reads or writes the table itself."""


@pytest.mark.parametrize("kind", OF_A_TABLE)
def test_production_has_the_downloads_in_a_schema_of_their_own(kind):
    """The four downloads tables are in statistics_services on Databricks, and in analytics_raw on a laptop."""
    for env, expected in (("base", "analytics_raw"), ("databricks", "statistics_services")):
        for table in DOWNLOADS:
            dataset = kind.format(table.removeprefix("raw."))
            schemas = entry_of(env, dataset)["schemas"]
            assert storage_for(contract_for(table), "sail", "/lake", schemas=schemas).location == (
                f"/lake/{expected}/{table.removeprefix('raw.')}"
            )
    assert len(DOWNLOADS) == 4


PARAMETERS = {
    "lake_root": ("raw.ees_ga4_page", "lake_root", "/elsewhere"),
    "engine": ("app.ees_service_summary", "engine", "spark"),
    "catalog": ("raw.ees_ga4_page", "catalog", "another"),
    "landing_root": ("landing.ees_ga4_page", "path", "/elsewhere/ees_ga4_page"),
}


@pytest.mark.parametrize("env", ENVIRONMENTS)
@pytest.mark.parametrize("parameter", PARAMETERS)
def test_runtime_parameters_work_in_every_environment(env, parameter):
    name, option, expected = PARAMETERS[parameter]
    value = "/elsewhere" if option == "path" else expected
    from kedro.io import CatalogConfigResolver

    resolved = CatalogConfigResolver(catalogue(env, **{parameter: value}), {}).resolve_pattern(name)
    assert resolved[option] == expected


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_run_parameters_work_in_every_environment(env):
    given = {
        "run_date": "2026-01-05",
        "first_day": "2026-01-01",
        "from": "2026-01-01",
        "to": "2026-01-02",
        "table": "t",
    }
    parameters = config(env, **given)["parameters"]
    assert parameters["run_date"] == "2026-01-05"
    assert parameters["ingest_range"] == given
