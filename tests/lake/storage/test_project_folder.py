"""Relative folders lie in the project, wherever in it a command or a notebook runs."""

from __future__ import annotations

import pytest

from ees_analytics.contracts import UnknownTable, contract_for
from ees_analytics.lake.storage import in_project, storage_for
from ees_analytics.slices.state_dataset import TableStateDataset
from tests.conftest import PROJECT


def test_a_relative_lake_is_the_projects(monkeypatch):
    table = contract_for("app.ees_service_summary")
    for folder in ("notebooks", "src/ees_analytics", "."):
        monkeypatch.chdir(PROJECT / folder)
        place = storage_for(table, "sail", "data/lake", None).location
        assert place == str(PROJECT / "data/lake/analytics_app/ees_service_summary")


def test_conf_may_put_a_table_into_another_schema(tmp_path):
    lake = {"engine": "sail", "lake_root": str(tmp_path), "schemas": {"raw_ees_zip_downloads": "other"}}
    for table, schema in {"raw_ees_zip_downloads": "other", "raw_ees_queries": "analytics_raw"}.items():
        dataset = TableStateDataset(table=table, **lake)
        assert dataset.storage.location == str(tmp_path / schema / table)
    with pytest.raises(UnknownTable, match="raw_ees_zip_downloads"):
        TableStateDataset(table="ees_ga4_page", **lake | {"schemas": {"raw_ees_zip_download": "other"}})


def test_outside_a_project_it_is_where_one_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert in_project("lake") == tmp_path / "lake"
    assert in_project("/tmp/lake").as_posix() == "/tmp/lake"
