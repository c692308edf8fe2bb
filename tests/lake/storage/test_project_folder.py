"""Relative folders lie in the project, wherever in it a command or a notebook runs."""

from __future__ import annotations

from ees_analytics.contracts import contract_for
from ees_analytics.lake.storage import in_project, storage_for
from tests.conftest import PROJECT


def test_a_relative_lake_is_the_projects(monkeypatch):
    table = contract_for("app.ees_service_summary")
    for folder in ("notebooks", "src/ees_analytics", "."):
        monkeypatch.chdir(PROJECT / folder)
        place = storage_for(table, "sail", "data/lake", None).location
        assert place == str(PROJECT / "data/lake/analytics_app/ees_service_summary")


def test_outside_a_project_it_is_where_one_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert in_project("lake") == tmp_path / "lake"
    assert in_project("/tmp/lake").as_posix() == "/tmp/lake"
