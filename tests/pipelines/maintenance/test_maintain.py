"""Maintenance merges files and keeps every row, and every version of the last 30 days."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from kedro.io import DatasetError
from pydantic import ValidationError

from ees_analytics.contracts import all_contracts, contract_named
from ees_analytics.contracts.digest import digest
from ees_analytics.lake.dataset import StorageDataset
from ees_analytics.lake.storage import storage_for
from ees_analytics.lake.storage.base import TABLE_PROPERTIES, days_to_keep
from ees_analytics.parameters.maintenance import MaintainSettings
from ees_analytics.pipelines.maintenance.maintain import create_pipeline, maintain_table

TABLE = "ees_ga4_hourly"
LISTING = "spark.sql.sources.parallelPartitionDiscovery.parallelism"


@pytest.fixture
def lake(tmp_path: Path) -> dict[str, str]:
    return {"engine": "sail", "lake_root": str(tmp_path / "lake")}


@pytest.fixture
def path(lake) -> Path:
    """A table of twelve daily commits."""
    path = Path(lake["lake_root"]) / "analytics_raw" / TABLE
    schema = contract_named(TABLE).arrow_schema.remove_metadata()
    for day in range(1, 13):
        row = {"date": dt.date(2026, 6, day), "hour": 1.0, "sessions": float(day)}
        write_deltalake(path, pa.Table.from_pylist([row], schema=schema), mode="append")
    return path


def maintain(lake, days: int = 30) -> dict:
    return maintain_table(StorageDataset(table=TABLE, **lake).load(), MaintainSettings(keep_days=days))


def age(path: Path, days: int) -> None:
    """Make the data files look as old as that."""
    then = dt.datetime.now().timestamp() - days * 86400
    for file in path.glob("*.parquet"):
        os.utime(file, (then, then))


def test_many_files_become_one_and_the_rows_stay(lake, path, engine):
    lake = {**lake, "engine": engine}
    before = digest(DeltaTable(path).to_pyarrow_table())
    maintain(lake)
    assert len(DeltaTable(path).file_uris()) == 1
    assert digest(DeltaTable(path).to_pyarrow_table()) == before
    assert DeltaTable(path, version=11).to_pyarrow_table().num_rows == 12, "older versions stay readable"


def test_a_maintained_table_is_left_alone(lake, path):
    maintain(lake)
    files = DeltaTable(path).file_uris()
    maintain(lake)
    assert DeltaTable(path).file_uris() == files


def test_the_last_change_is_still_the_last_write(lake, path):
    storage = storage_for(contract_named(TABLE), **lake)
    before = storage.last_change()
    maintain(lake)
    assert storage.last_change() == before


def test_only_files_that_nothing_needs_for_30_days_are_deleted(lake, path):
    maintain(lake)
    age(path, days=29)
    maintain(lake)
    assert len(list(path.glob("*.parquet"))) == 13


def test_a_table_that_is_not_there_is_passed_over(lake):
    assert maintain(lake)["seconds"] is None
    assert not Path(lake["lake_root"]).exists()


@pytest.mark.parametrize("days", [0, 7, 29])
def test_fewer_than_30_days_are_refused(lake, path, days):
    with pytest.raises(ValidationError):
        MaintainSettings(keep_days=days)
    maintain(lake)
    age(path, days=29)
    storage_for(contract_named(TABLE), **lake).vacuum(days)
    assert len(list(path.glob("*.parquet"))) == 13, "the storage keeps 30 days whatever it is asked for"


@pytest.mark.parametrize(
    ("asked", "own", "kept"),
    [
        (30, None, 30),
        (45, None, 45),
        (30, "interval 60 days", 60),
        (30, "interval 8 weeks", 56),
        (30, "interval 1440 hours", 60),
        (30, "INTERVAL 6 WEEKS 2 DAYS 1 HOUR", 45),
        (5, "7 days", 30),
    ],
)
def test_a_table_that_wants_to_keep_more_does(asked, own, kept):
    properties = {"delta.deletedFileRetentionDuration": own} if own else {}
    assert days_to_keep(asked, properties) == kept


class Refusing:
    """A session whose catalogue refuses maintenance with this error."""

    class catalog:  # noqa: N801
        tableExists = staticmethod(lambda _name: True)  # noqa: N815

    def __init__(self, error: str) -> None:
        self.error = error
        self.asked: dict[str, str] = {}
        self.conf = Settings({LISTING: "10000"})

    def sql(self, text: str):
        self.asked[text.split()[0]] = self.conf.get(LISTING)
        if text.startswith("DESCRIBE DETAIL"):
            return self
        raise RuntimeError(self.error)

    def select(self, _name: str):
        return self

    def collect(self) -> list[dict]:
        return [{"properties": {}}]


class Settings(dict):
    set = dict.__setitem__


@pytest.fixture
def named(monkeypatch):
    def with_error(error: str) -> Refusing:
        session = Refusing(error)
        monkeypatch.setattr("ees_analytics.lake.storage.spark.spark_session", lambda *_: session)
        return session

    return with_error


def test_a_table_that_the_catalogue_maintains_is_left_to_it(named, caplog):
    caplog.set_level("INFO")
    session = named("[DELTA_UNSUPPORTED_CATALOG_MANAGED_TABLE_OPERATION] OPTIMIZE is not supported")
    maintain({"engine": "session", "catalog": "unity"})
    assert list(session.asked) == ["OPTIMIZE", "DESCRIBE", "VACUUM"]
    assert (
        f"unity.analytics_raw.{TABLE}: OPTIMIZE was not run: the catalogue maintains this table itself"
        in caplog.text
    )


def test_any_other_refusal_fails(named):
    session = named("[INSUFFICIENT_PERMISSIONS] no MODIFY")
    with pytest.raises(RuntimeError, match="no MODIFY"):
        maintain({"engine": "session", "catalog": "unity"})
    assert list(session.asked) == ["OPTIMIZE"]


def test_vacuum_takes_few_tasks_and_leaves_the_session_as_it_was(named):
    """By Spark's default it takes 10,000 a table: two minutes on two cores, instead of seconds."""
    session = named("[DELTA_UNSUPPORTED_CATALOG_MANAGED_TABLE_OPERATION]")
    maintain({"engine": "session", "catalog": "unity"})
    assert session.asked == {"OPTIMIZE": "10000", "DESCRIBE": "10000", "VACUUM": "16"}
    assert session.conf.get(LISTING) == "10000"


def test_tables_of_the_project_keep_log_and_files_for_30_days_or_more():
    for name, value in TABLE_PROPERTIES.items():
        number, unit = value.removeprefix("interval ").split()
        assert (unit, int(number) >= 30) == ("days", True), name


def test_every_table_is_maintained_on_its_own():
    steps = create_pipeline().nodes
    assert {step.inputs[0] for step in steps} == {f"storage.{c.name}" for c in all_contracts().values()}
    assert all(len(step.inputs) == 2 for step in steps)


def test_a_storage_is_not_saved(lake):
    with pytest.raises(DatasetError, match="read-only"):
        StorageDataset(table=TABLE, **lake).save("rows")
