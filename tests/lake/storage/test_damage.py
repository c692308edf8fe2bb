"""A damaged table is named with its location and what repairs it, whatever reads it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from ees_analytics.console.safe_text import MAX_ON_TERMINAL
from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.lake.storage import DamagedTable, TableStorage, storage_for
from ees_analytics.lake.storage.damage import GUIDE
from ees_analytics.lake.storage.spark import SparkStorage
from ees_analytics.runner import RunFailed
from ees_analytics.slices.ledger_dataset import LedgerDataset
from ees_analytics.slices.state_dataset import TableStateDataset
from tests.conftest import PROJECT

HOURLY = contract_for("raw.ees_ga4_hourly")


def last_commit(table: Path) -> Path:
    return max(table.glob("_delta_log/*.json"))


def data_file(table: Path) -> Path:
    return max(table.glob("*.parquet"), key=lambda path: path.stat().st_size)


def tear(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


FAULTS = {
    "a torn last commit": lambda table: tear(last_commit(table)),
    "an empty last commit": lambda table: last_commit(table).write_bytes(b""),
    "a first commit that is gone": lambda table: min(table.glob("_delta_log/*.json")).unlink(),
    "a data file that is gone": lambda table: data_file(table).unlink(),
    "a torn data file": lambda table: tear(data_file(table)),
}
READS = {
    "frame": lambda storage: storage.frame(),
    "rows": lambda storage: storage.rows(),
    "count": lambda storage: storage.count(),
    "slices": lambda storage: storage.slice_counts("date"),
    "files": lambda storage: storage.check_files(),
}


def written(folder: Path, days: int = 2) -> TableStorage:
    storage = storage_for(HOURLY, "sail", str(folder))
    storage.create(HOURLY)
    for day in range(1, days + 1):
        columns = [[dt.date(2026, 6, day)] * 24, [float(hour) for hour in range(24)], [5.0] * 24]
        storage.append(pa.table(columns, schema=HOURLY.arrow_schema), {})
    return storage


@pytest.mark.parametrize("fault", FAULTS)
def test_every_way_of_reading_names_the_table_and_the_remedy(tmp_path, fault):
    storage = written(tmp_path)
    FAULTS[fault](Path(storage.location))
    for read in READS.values():
        with pytest.raises(DamagedTable) as damaged:
            read(storage)
        message = str(damaged.value)
        assert message.startswith("ees_ga4_hourly: this table is damaged. Move it away, then ")
        assert f"({storage.location}: " in message
        assert "restore.ees_ga4_hourly" in message
        assert message.endswith(f"See {GUIDE}.")
        assert "\n" not in message


@pytest.mark.parametrize("damage", [tear, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_damaged_checkpoint_is_named(tmp_path, damage):
    storage = written(tmp_path, days=10)
    (checkpoint,) = Path(storage.location).glob("_delta_log/*.checkpoint.parquet")
    damage(checkpoint)
    for read in READS.values():
        with pytest.raises(DamagedTable, match="^ees_ga4_hourly: this table is damaged. Move it away, then "):
            read(storage)


def test_a_torn_ledger_is_named_and_not_the_tables_that_read_it(tmp_path):
    lake = {"engine": "sail", "lake_root": str(tmp_path)}
    written(tmp_path)
    contract = contract_for("raw.ees_ingest_ledger")
    ledger = storage_for(contract, **lake)
    ledger.create(contract)
    tear(last_commit(Path(ledger.location)))
    for dataset in (TableStateDataset, LedgerDataset):
        with pytest.raises(DamagedTable, match="^ees_ingest_ledger: this table is damaged.*ingest` fills it"):
            dataset(table="ees_ga4_hourly", **lake).load()


@pytest.mark.parametrize("table", sorted(all_contracts()))
def test_a_terminal_shows_the_remedy_and_the_guide(table):
    contract = contract_for(table)
    error = DamagedTable(contract, f"/home/a/long/path/{table}", "reason " * 100)
    remedy = str(error).partition(" (/home")[0].partition(": ")[2]
    message = RunFailed({"a.step": error}, []).message(MAX_ON_TERMINAL)
    assert remedy in message
    assert f"See {GUIDE}." in message


REMEDIES = {
    "app.ees_service_summary": "--pipelines reporting`",
    "raw.ees_ua_page": "import_frozen` fills it",
    "raw.ees_ingest_ledger": "ingest` fills it",
    "raw.ees_ga4_page": "ingest` fills it",
    "raw.ees_pub_scrape": "the next run creates it again",
}


@pytest.mark.parametrize("table", all_contracts())
def test_every_kind_of_table_has_its_remedy(table):
    message = str(DamagedTable(contract_for(table), "/lake/x", "torn"))
    assert ("restore." in message) == table.startswith("raw."), "the backup has every raw table, and no other"
    assert REMEDIES.get(table, "Move it away") in message
    in_production = str(DamagedTable(contract_for(table), "c.s.t", "torn"))
    assert "Do not drop it" in in_production
    assert "Move it away" not in in_production
    assert (PROJECT / GUIDE).is_file()


@pytest.mark.parametrize(
    "text",
    [
        "o98.collectToPython.\n: org.apache.spark.SparkException: [FAILED_READ_FILE.NO_HINT] Encountered error while "
        "reading file file:/lake/x/_delta_log/00000000000000000002.json.  SQLSTATE: KD001\n\tat org.apache",
        "o52.table.\n: org.apache.spark.sql.delta.DeltaFileNotFoundException: [DELTA_TRUNCATED_TRANSACTION_LOG] "
        "file:/lake/x/_delta_log/00000000000000000000.json: Unable to reconstruct state\n\tat org.apache",
    ],
)
def test_what_spark_reports_of_a_damaged_file_is_one_line_with_its_path(text):
    storage = SparkStorage(HOURLY, "spark", "c.analytics_raw.ees_ga4_hourly")
    with pytest.raises(DamagedTable, match=r"_delta_log/\d+\.json") as damaged, storage._naming_damage():
        raise RuntimeError(f"An error occurred while calling {text}")
    assert "o98" not in str(damaged.value)
    assert "org.apache" not in str(damaged.value)
    with pytest.raises(RuntimeError, match="no such column"), storage._naming_damage():
        raise RuntimeError("no such column")


@pytest.mark.parametrize(
    "error", [PermissionError(13, "denied"), OSError(28, "No space left"), KeyError("x")]
)
def test_other_errors_are_not_called_damage(tmp_path, error):
    with pytest.raises(type(error)), storage_for(HOURLY, "sail", str(tmp_path))._naming_damage():
        raise error


def test_text_that_an_altered_byte_made_unreadable_is_damage(tmp_path):
    contract = contract_for("raw.ees_pub_scrape")
    storage = storage_for(contract, "sail", str(tmp_path))
    storage.create(contract)
    storage.append(pa.table({"slug": ["early-years"], "title": ["Early years"]}), {})
    file = data_file(Path(storage.location))
    file.write_bytes(file.read_bytes().replace(b"early-years", b"early\xffyears"))
    with pytest.raises(DamagedTable, match=r"^ees_pub_scrape: .* restore\.ees_pub_scrape"):
        storage.rows()
