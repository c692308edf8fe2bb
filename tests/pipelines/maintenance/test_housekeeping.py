"""Five years of runs without `maintain`: small files are merged, and what is no longer kept is deleted."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline, node
from kedro_datasets.text import TextDataset

from ees_analytics.contracts import contract_named
from ees_analytics.contracts.digest import digest
from ees_analytics.hooks import HousekeepingHooks
from ees_analytics.lake.storage import TableStorage, storage_for
from ees_analytics.lake.table import Mode, TableDataset
from ees_analytics.parameters.maintenance import MaintainSettings
from ees_analytics.pipelines.maintenance.housekeeping import (
    RUNS,
    compact,
    delete_expired,
    empty_old_runs,
)
from ees_analytics.pipelines.maintenance.maintain import maintain_table
from ees_analytics.runner import RunFailed, RunStopped
from ees_analytics.slices.landing_dataset import LandingDataset
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.ledger_dataset import LedgerDataset
from ees_analytics.slices.slice import FetchedSlice
from ees_analytics.sources.errors import MalformedResponse

TODAY = dt.date(2026, 6, 30)
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
FEW = {"max_small_files": 3}


@pytest.fixture
def lake(tmp_path: Path) -> dict[str, str]:
    return {"engine": "sail", "lake_root": str(tmp_path / "lake")}


def fill_ledger(lake: dict[str, str], commits: int = 5) -> Path:
    ledger = LedgerDataset(table="ees_ga4_page", **lake)
    for number in range(commits):
        ledger.save([LedgerEntry("ees_ga4_page", f"2026-06-{number + 1:02}", SliceState.LANDED, "run", NOW)])
    return Path(lake["lake_root"]) / "analytics_raw" / "ees_ingest_ledger"


class Runs:
    """A run that writes one table and has these settings."""

    def __init__(self, root: Path, lake: dict[str, str], **settings: int) -> None:
        (root / "reports").mkdir(exist_ok=True)
        entry = TableDataset(table="raw.ees_ingest_ledger", mode=Mode.APPEND, **lake)
        self.catalog = DataCatalog(
            {
                "params:maintain": MemoryDataset(settings),
                "raw.ees_ingest_ledger": entry,
                f"raw.{RUNS}": TableDataset(table=f"raw.{RUNS}", mode=Mode.APPEND, **lake),
                "report.now": TextDataset(filepath=str(root / "reports" / "now.html")),
                "landing.t": LandingDataset(table="t", path=str(root / "landing" / "t")),
            }
        )
        self.pipeline = Pipeline([node(lambda: {}, None, "landing.t", name="land")])

    def ends(self, error: Exception | None = None) -> None:
        run = {"run_params": {"run_id": "now"}, "pipeline": self.pipeline, "catalog": self.catalog}
        if error:
            HousekeepingHooks().on_pipeline_error(error=error, **run)
        else:
            HousekeepingHooks().after_pipeline_run(**run)


@pytest.mark.parametrize("error", [None, RunFailed({"step": ValueError("x")}, [])])
def test_a_table_with_many_small_files_is_merged_after_a_run_in_a_commit_of_its_own(tmp_path, lake, error):
    path = fill_ledger(lake)
    before = DeltaTable(path)
    Runs(tmp_path, lake, **FEW).ends(error)
    after = DeltaTable(path)
    assert (len(before.file_uris()), len(after.file_uris())) == (5, 1)
    assert after.version() == before.version() + 1
    assert after.history(1)[0]["operation"] == "OPTIMIZE"
    assert digest(after.to_pyarrow_table()) == digest(before.to_pyarrow_table())
    assert len(LedgerDataset(table="ees_ga4_page", **lake).load()) == 5
    fill_ledger(lake, commits=2)
    assert compact([storage_for(contract_named("ees_ingest_ledger"), **lake)], MaintainSettings(**FEW)) == []


def test_a_run_that_was_stopped_merges_nothing(tmp_path, lake):
    path = fill_ledger(lake)
    Runs(tmp_path, lake, **FEW).ends(RunStopped({}, []))
    assert len(DeltaTable(path).file_uris()) == 5


def test_few_or_large_files_stay(tmp_path, lake):
    path = fill_ledger(lake)
    storage = storage_for(contract_named("ees_ingest_ledger"), **lake)
    assert not storage.has_small_files(5, under_bytes=16_000_000)
    assert not storage.has_small_files(3, under_bytes=10)
    Runs(tmp_path, lake).ends()
    assert len(DeltaTable(path).file_uris()) == 5


def test_what_goes_wrong_is_a_warning(tmp_path, lake, caplog):
    path = fill_ledger(lake)
    newest = max((path / "_delta_log").glob("*.json"))
    newest.write_text("{")
    Runs(tmp_path, lake, **FEW).ends()
    assert "Small files were not merged, or old files not deleted" in caplog.text


class Named:
    """A table of a catalogue."""

    is_local = False
    table = location = "unity.analytics_raw.t"
    optimized = 0

    def exists(self) -> bool:
        return True

    def has_small_files(self, most: int, under_bytes: int) -> bool:
        return True

    def optimize(self) -> bool:
        self.optimized += 1
        return True


def test_tables_of_a_catalogue_are_merged_only_if_conf_says_so():
    table = Named()
    assert compact([table], MaintainSettings()) == []
    assert compact([table], MaintainSettings(compact_catalog_tables=True)) == [table.table]
    assert table.optimized == 1


def at(monkeypatch, day: dt.date) -> None:
    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return dt.datetime.combine(day, dt.time(12), tzinfo=tz)

    monkeypatch.setattr("ees_analytics.slices.landing_dataset.dt.datetime", Clock)


def test_failed_attempts_are_kept_until_400_days_after_their_slice_came_in(tmp_path, monkeypatch):
    landing = LandingDataset(table="t", path=str(tmp_path / "t"))

    def fails() -> FetchedSlice:
        raise MalformedResponse("broken", pa.table({"x": [1]}))

    def succeeds() -> FetchedSlice:
        return FetchedSlice(pa.table({"x": [1]}), 1)

    for days, slices in [
        (900, {"a": fails, "b": fails, "c": fails}),
        (401, {"a": succeeds}),
        (399, {"b": succeeds}),
    ]:
        with monkeypatch.context() as patch:
            at(patch, TODAY - dt.timedelta(days=days))
            landing.save(slices)
    deleted = delete_expired(tmp_path / "reports", [landing], MaintainSettings(), TODAY)
    assert [Path(path).name[0] for path in deleted] == ["a"]
    zone = landing.load()
    assert set(zone.landed) == {"a", "b"}, "landing files stay for ever"
    assert set(zone.quarantined) == {"c"}
    assert len(list((tmp_path / "t/_set_aside").iterdir())) == 2


def test_unfinished_files_of_stopped_runs_are_deleted_after_a_day(tmp_path):
    old, young = (tmp_path / "t" / f".2026-06-0{number}.x.parquet.77.tmp" for number in (1, 2))
    (tmp_path / "t").mkdir()
    for path in (old, young):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    landing = LandingDataset(table="t", path=str(tmp_path / "t"))
    assert delete_expired(tmp_path / "none", [landing], MaintainSettings(), TODAY) == [str(old)]
    assert young.exists()


def test_reports_are_kept_for_400_days_and_other_files_for_ever(tmp_path):
    names = ["2025-05-25T10.00.00.000Z.html", "2025-05-26T10.00.00.000Z.html", "2020-01-01T my own.html", "x"]
    for name in names:
        (tmp_path / name).touch()
    deleted = delete_expired(tmp_path, [], MaintainSettings(), TODAY)
    assert [Path(path).name for path in deleted] == names[:1]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])


def add_runs(storage: TableStorage, today: dt.date, *ages: int) -> None:
    """Runs of that many days before a day, in one file each."""
    storage.create(contract_named(RUNS))
    for age in ages:
        at = dt.datetime.combine(today, dt.time(6), dt.UTC) - dt.timedelta(days=age)
        row = dict.fromkeys(contract_named(RUNS).column_names, "x") | {
            "run_id": f"it's {age}", "started_at": at, "finished_at": at, "run_date": None, "outcome": "failed",
            "tables_changed": 1, "rows_added": 2, "summary": '{"warnings": []}',
        }  # fmt: skip
        storage.append(pa.Table.from_pylist([row], schema=contract_named(RUNS).empty().schema), {})


def details(storage: TableStorage) -> dict[str, tuple[str, str | None, str | None]]:
    return {
        row["run_id"].removeprefix("it's "): (row["summary"], row["started_by"], row["parameters"])
        for row in storage.rows().to_pylist()
    }


KEPT, EMPTIED = ('{"warnings": []}', "x", "x"), ("{}", None, None)


def test_old_runs_keep_their_row_without_its_details(lake, engine):
    """At once where the table is maintained; after a run only when one is 30 days older than that."""
    storage = storage_for(contract_named(RUNS), **{**lake, "engine": engine})
    assert empty_old_runs(storage, MaintainSettings(), TODAY) == 0, "no table"
    add_runs(storage, TODAY, 1, 400, 401)
    before = storage.rows().drop_columns(["summary", "started_by", "parameters"]).sort_by("run_id")
    assert empty_old_runs(storage, MaintainSettings(), TODAY, slack_days=30) == 0
    add_runs(storage, TODAY, 431)
    assert empty_old_runs(storage, MaintainSettings(), TODAY, slack_days=30) == 2
    assert details(storage) == {"1": KEPT, "400": KEPT, "401": EMPTIED, "431": EMPTIED}
    rows = storage.rows().drop_columns(["summary", "started_by", "parameters"]).sort_by("run_id")
    assert rows.slice(0, 3).equals(before)
    assert empty_old_runs(storage, MaintainSettings(), TODAY) == 0
    assert empty_old_runs(storage, MaintainSettings(keep_report_days=399), TODAY) == 1


def test_old_runs_are_emptied_after_a_run_and_by_maintain(tmp_path, lake):
    storage, today = storage_for(contract_named(RUNS), **lake), dt.datetime.now(dt.UTC).date()
    add_runs(storage, today, 0, 410)
    Runs(tmp_path, lake).ends()
    assert details(storage)["410"] == KEPT
    maintain_table(storage, MaintainSettings())
    assert details(storage) == {"0": KEPT, "410": EMPTIED}
    add_runs(storage, today, 440)
    Runs(tmp_path, lake).ends()
    assert details(storage)["440"] == EMPTIED
