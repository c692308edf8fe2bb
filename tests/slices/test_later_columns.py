"""A contract gains a column (``since``): tables, landing files and backups of before go on working."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from kedro.io import DataCatalog

from ees_analytics.cli.doctor import _table
from ees_analytics.cli.doctor.finding import Level, attempt
from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.contracts.contract import DOUBLE, Column, SliceBatch
from ees_analytics.contracts.validator import check
from ees_analytics.lake.storage import storage_for
from ees_analytics.lake.storage.delta_rs import DeltaRsStorage
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.ingest import LoadLimits
from ees_analytics.parameters.maintenance import BackupSettings, MaintainSettings, RestoreSettings
from ees_analytics.pipelines.ingest.nodes.load import load_slices
from ees_analytics.pipelines.ingest.nodes.record import record_slices
from ees_analytics.pipelines.maintenance.backup import check_backup, copy_slices, plan_backup
from ees_analytics.pipelines.maintenance.maintain import maintain_table
from ees_analytics.pipelines.maintenance.restore import check_restore, restore_slices
from ees_analytics.slices.landing_dataset import LandingDataset
from ees_analytics.slices.ledger_dataset import LedgerDataset
from ees_analytics.slices.slice import FetchedSlice, IngestPlan
from ees_analytics.slices.state import TableState, altered_slices
from ees_analytics.slices.state_dataset import RestoredTableDataset, TableStateDataset

TABLE, NAME = "ees_ga4_hourly", "raw.ees_ga4_hourly"
BEFORE, SINCE = "2026-06-01", "2026-06-02"
LIMITS = LoadLimits.model_validate({})
LATER = Column(
    "newUsers", DOUBLE, "Users who were new, that day's \\ hour", nullable=True, since=dt.date(2026, 6, 2)
)


class Lake:
    """A lake with its landing zone and backup, and the steps of a run."""

    def __init__(self, root: Path) -> None:
        self.root, self.tables = root, {"engine": "sail", "lake_root": str(root / "lake")}
        self.landing = LandingDataset(table=TABLE, path=str(root / "landing" / TABLE))
        self.copy = LandingDataset(table=TABLE, path=str(root / "backup" / TABLE))

    @property
    def storage(self) -> DeltaRsStorage:
        return storage_for(contract_for(NAME), **self.tables)

    @property
    def state(self) -> TableState:
        return TableStateDataset(table=TABLE, **self.tables).load()

    def ingest(self, **days: pa.Table) -> list[str]:
        """Land these days, load and record; returns the days that were written."""
        self.landing.save({day: partial(FetchedSlice, rows, rows.num_rows) for day, rows in days.items()})
        plan = IngestPlan(TABLE, expected=(BEFORE, SINCE), fetch=tuple(days))
        given = (plan, self.landing.load(), self.state)
        table, written = TableDataset(table=NAME, mode="replace-slice", **self.tables), []
        for batch in load_slices(*given, LIMITS):
            table.save(replace(batch, rows=check(batch.rows, contract_for(NAME))))
            written += batch.slices
        ledger = LedgerDataset(table=TABLE, **self.tables)
        ledger.save(record_slices(None, plan, self.landing.load(), self.state, "run"))
        assert altered_slices(self.state, LIMITS) == []
        return written

    def back_up(self) -> int:
        """Back up; returns how many days were copied."""
        due, rows = plan_backup(self.state, self.copy.load(), BackupSettings(full=True), LIMITS)
        for group in copy_slices(due, self.state, LIMITS):
            self.copy.save(group)
        check_backup(self.copy.load(), due, rows)
        return len(due)

    def restore(self) -> None:
        settings = RestoreSettings(overwrite=False)
        for batch in restore_slices(self.copy.load(), self.state, settings, LIMITS):
            RestoredTableDataset(table=TABLE, **self.tables).save(batch)
        check_restore(self.state, self.copy.load(), LIMITS)

    def values(self) -> dict[str, list[Any]]:
        """The new column by day."""
        rows = self.storage.rows()
        return {
            day: rows.filter(pa.compute.equal(rows["date"].cast(pa.string()), day))["newUsers"].to_pylist()
            for day in (BEFORE, SINCE)
        }


def hour(day: str, **more: float) -> pa.Table:
    return pa.Table.from_pylist([{"date": dt.date.fromisoformat(day), "hour": 1.0, "sessions": 5.0, **more}])


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake of before."""
    lake = Lake(tmp_path)
    assert lake.ingest(**{BEFORE: hour(BEFORE)}) == [BEFORE]
    assert lake.back_up() == 1
    return lake


@pytest.fixture
def gain(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The contract gains its column."""

    def extend() -> None:
        contract = contract_for(NAME)
        extended = replace(contract, columns=[*contract.columns, LATER])
        monkeypatch.setitem(all_contracts(), NAME, extended)

    return extend


@pytest.fixture
def in_a_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables gain columns on request only."""
    monkeypatch.setattr(DeltaRsStorage, "gains_columns", False)


def test_a_local_lake_gains_the_column_at_once(lake, gain):
    gain()
    assert lake.ingest() == [], "nothing new"
    assert "newUsers" in lake.storage.columns()
    assert lake.ingest(**{SINCE: hour(SINCE, newUsers=2.0)}) == [SINCE]
    assert lake.values() == {BEFORE: [None], SINCE: [2.0]}
    assert lake.ingest() == [], "the earlier day is as it was"
    assert lake.back_up() == 1, "and so is its copy"


def test_a_day_that_is_fetched_again_is_filled(lake, gain):
    gain()
    assert lake.ingest(**{BEFORE: hour(BEFORE, newUsers=3.0)}) == [BEFORE]
    assert lake.values()[BEFORE] == [3.0]
    assert lake.state.ledger[BEFORE].state == "restated"


def test_a_lost_table_is_rebuilt_from_files_of_before_and_after(lake, gain):
    gain()
    lake.ingest(**{SINCE: hour(SINCE, newUsers=2.0)})
    (lake.root / "lake").rename(lake.root / "lost")
    assert lake.ingest() == [BEFORE, SINCE]
    assert lake.values() == {BEFORE: [None], SINCE: [2.0]}


def test_backup_and_restore_carry_it(lake, gain):
    gain()
    lake.ingest(**{SINCE: hour(SINCE, newUsers=2.0)})
    assert lake.back_up() == 1
    (lake.root / "lake").rename(lake.root / "lost")
    lake.restore()
    assert lake.values() == {BEFORE: [None], SINCE: [2.0]}


def test_a_backup_of_before_is_restored_into_a_table_that_has_it(lake, gain):
    gain()
    (lake.root / "lake").rename(lake.root / "lost")
    lake.restore()
    assert lake.values() == {BEFORE: [None], SINCE: []}


@pytest.mark.usefixtures("in_a_catalogue")
def test_a_table_of_a_catalogue_gains_it_on_request_only(lake, gain):
    gain()
    assert lake.ingest(**{SINCE: hour(SINCE, newUsers=2.0)}) == [SINCE]
    assert "newUsers" not in lake.storage.columns()
    assert lake.state.left_out == ("newUsers",)
    assert lake.ingest() == [], "what the table cannot take is not written again and again"
    assert lake.back_up() == 1
    done = maintain_table(lake.storage, MaintainSettings(add_columns=f"ees_pub_scrape+{TABLE}"))
    assert done["added"] == ["newUsers"]
    assert lake.ingest() == [SINCE], "from the landing zone"
    assert lake.values() == {BEFORE: [None], SINCE: [2.0]}
    assert lake.state.left_out == ()
    assert lake.ingest() == []


@pytest.mark.usefixtures("in_a_catalogue")
def test_a_table_that_lacks_it_reads_as_null_and_doctor_says_how_to_add_it(lake, gain):
    gain()
    catalog = DataCatalog({NAME: TableDataset(table=NAME, **lake.tables)})
    found = attempt(NAME, _table, NAME, contract_for(NAME), catalog, True, False)
    assert found.level is Level.NOTE
    assert (
        f"lacks newUsers, which writes leave out: `kedro run --pipelines maintain --params add_columns={TABLE}`"
        in found.text
    )
    frame = TableDataset(table=NAME, **lake.tables).load()
    assert [row["newUsers"] for row in frame.collect()] == [None]


def test_a_table_that_is_replaced_whole_gains_it_without_a_new_version_of_its_rows(tmp_path, monkeypatch):
    name, lake = "raw.ees_pub_scrape", {"engine": "sail", "lake_root": str(tmp_path)}
    rows = pa.table({"slug": ["a"], "title": ["A"]})
    TableDataset(table=name, **lake).save(rows)
    contract = contract_for(name)
    monkeypatch.setitem(all_contracts(), name, replace(contract, columns=[*contract.columns, LATER]))
    dataset = TableDataset(table=name, **lake)
    before = dataset.storage.last_change()
    dataset.save(rows)
    assert dataset.storage.last_change() == before
    assert "newUsers" in dataset.storage.columns()
    dataset.save(rows.append_column("newUsers", pa.array([1.0])))
    assert dataset.storage.rows()["newUsers"].to_pylist() == [1.0]


def test_every_other_difference_is_refused(lake, gain):
    gain()
    with pytest.raises(Exception, match="missing"):
        TableDataset(table=NAME, mode="replace-slice", **lake.tables).save(
            SliceBatch(hour(BEFORE).drop_columns(["hour"]), [BEFORE])
        )


def test_a_later_column_must_be_nullable():
    contract = contract_for(NAME)
    with pytest.raises(ValueError, match="must be nullable"):
        replace(contract, columns=[*contract.columns, replace(LATER, nullable=False)])
