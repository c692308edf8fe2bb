"""Backup and restore on real tables: destroy a table, and get every row back (that on both engines)."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog, MemoryDataset

from ees_analytics.contracts import contract_named
from ees_analytics.contracts.casting import conform_where_possible
from ees_analytics.contracts.digest import digest
from ees_analytics.lake.storage import TableStorage, storage_for
from ees_analytics.lake.storage.delta_rs import DeltaRsStorage
from ees_analytics.lake.storage.history import Change
from ees_analytics.parameters.ingest import LoadLimits
from ees_analytics.parameters.maintenance import BackupSettings, RestoreSettings
from ees_analytics.pipelines.maintenance import backup, restore
from ees_analytics.runner import IndependentRunner, RunFailed
from ees_analytics.slices.landing_dataset import LandingDataset
from ees_analytics.slices.ledger import LedgerEntry, SliceState, entries_to_rows
from ees_analytics.slices.ledger_dataset import LedgerDataset
from ees_analytics.slices.state_dataset import RestoredTableDataset, TableStateDataset

HOURLY = "ees_ga4_hourly"


class Lake:
    """One raw table and its backup, in folders."""

    def __init__(self, root: Path, table: str, engine: str) -> None:
        self.table, self.contract = table, contract_named(table)
        self.place = {"engine": engine, "lake_root": str(root / "lake")}
        self.path = root / "lake" / "analytics_raw" / table
        self.folder = root / "backup" / table

    def write(self, rows: pa.Table, mode: str = "append", **options) -> None:
        """Write as somebody else would: no contract, no ledger."""
        write_deltalake(self.path, rows, mode=mode, **options)

    def run(self, name: str, **settings) -> None:
        whole = {"backup": backup, "restore": restore}[name].create_pipeline()
        pipeline = whole.only_nodes_with_namespaces([f"{name}.{self.table}"])
        files = LandingDataset(table=self.table, path=str(self.folder))
        datasets = {
            f"state.{self.table}": TableStateDataset(table=self.table, **self.place),
            f"restored.{self.table}": RestoredTableDataset(table=self.table, **self.place),
            f"copied.{self.table}": files,
            f"copy.{self.table}": files,
            "params:backup": MemoryDataset(BackupSettings(**settings) if name == "backup" else None),
            "params:restore": MemoryDataset(RestoreSettings(**settings) if name == "restore" else None),
            "params:load_limits": MemoryDataset(LoadLimits(max_rows=100, max_slices=2)),
        }
        for other in pipeline.datasets() - datasets.keys():
            datasets[other] = MemoryDataset(copy_mode="assign")
        IndependentRunner(max_workers=1).run(pipeline, DataCatalog(datasets), _create_hook_manager())

    def destroy(self) -> None:
        shutil.rmtree(self.path)

    def rows(self) -> pa.Table:
        return conform_where_possible(
            storage_for(self.contract, self.place["engine"], self.place["lake_root"], None).rows(),
            self.contract,
        )

    def digest(self) -> str:
        return digest(self.rows())

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*.parquet"))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path, HOURLY, "sail")


def hours(*days: int, sessions: float = 5.0) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"date": dt.date(2026, 6, day), "hour": float(hour), "sessions": sessions + hour}
            for day in days
            for hour in range(3)
        ],
        schema=contract_named(HOURLY).arrow_schema.remove_metadata(),
    )


def log_rows() -> pa.Table:
    """Two files, one of them read from two places."""
    contract = contract_named("raw_ees_zip_downloads")
    paths = ["/v/20260601-010203-public-zip-downloads.parquet", "/v/old/20260601-010203-public-zip-downloads.parquet",
             "/v/20260602-010203-public-zip-downloads.parquet"]  # fmt: skip
    rows = [dict.fromkeys(contract.column_names) | {"_source_file": path, "downloads": 3} for path in paths]
    return pa.Table.from_pylist(rows, schema=contract.arrow_schema.remove_metadata())


def ledger_rows() -> pa.Table:
    now = dt.datetime(2026, 6, 3, tzinfo=dt.UTC)
    return entries_to_rows(
        LedgerEntry(
            HOURLY,
            f"2026-06-0{n}",
            SliceState.COMMITTED,
            run_id=f"2026-06-0{n}T05.00.00.000Z",
            recorded_at=now,
        )
        for n in range(1, 5)
    )


TABLES = {
    HOURLY: hours(1, 2, 3, 4, 5),
    "raw_ees_zip_downloads": log_rows(),
    "ees_pub_scrape": pa.table({"slug": ["a", "b"], "title": ["A", "B"]}),
    "ees_ingest_ledger": ledger_rows(),
    # Frozen tables hold duplicates, and columns that no contract names.
    "ees_search_console_old": pa.table(
        {
            "date": pa.array([dt.date(2023, 1, 1)] * 2, pa.date32()),
            "clicks": [1.0, 1.0],
            "impressions": [2.0, 2.0],
            "ctr": [0.5, 0.5],
        }
    ),
}


@pytest.mark.parametrize("table", TABLES)
def test_every_row_of_a_destroyed_table_comes_back(tmp_path, table):
    destroy_and_restore(Lake(tmp_path, table, "sail"))


def test_every_row_comes_back_on_both_engines(tmp_path, engine):
    destroy_and_restore(Lake(tmp_path, "raw_ees_zip_downloads", engine))


def destroy_and_restore(lake: Lake) -> None:
    table = lake.table
    lake.write(TABLES[table])
    before, columns = lake.digest(), lake.rows().column_names
    lake.run("backup")
    lake.destroy()
    lake.run("restore")
    assert lake.digest() == before
    assert lake.rows().column_names == columns


@pytest.mark.parametrize("table", ["ees_ua_page", "ees_pub_scrape"])
def test_a_table_without_rows_comes_back_too(tmp_path, table):
    """In production a frozen table that is missing is an error, be it ever so empty."""
    lake = Lake(tmp_path, table, "sail")
    lake.write(contract_named(table).empty())
    lake.run("backup")
    lake.run("backup")
    assert len(lake.files()) == 1
    lake.destroy()
    lake.run("restore")
    assert lake.rows().num_rows == 0
    version = DeltaTable(lake.path).version()
    lake.run("restore")
    assert DeltaTable(lake.path).version() == version


def test_a_table_that_lost_all_rows_is_named_and_its_copy_kept(tmp_path):
    lake = Lake(tmp_path, "ees_pub_scrape", "sail")
    lake.write(TABLES["ees_pub_scrape"])
    lake.run("backup")
    files = lake.files()
    lake.write(TABLES["ees_pub_scrape"].slice(0, 0), mode="overwrite")
    with pytest.raises(RunFailed, match="the backup has 1 slice"):
        lake.run("backup")
    assert lake.files() == files
    lake.run("restore")
    assert lake.rows().num_rows == 2


def test_rows_of_later_runs_do_not_stop_a_restore(tmp_path):
    """A restore that failed has written its row to the table of runs, and can be run again."""
    lake = Lake(tmp_path, "ees_ingest_ledger", "sail")
    lake.write(ledger_rows())
    lake.run("backup")
    lake.destroy()
    now = dt.datetime(2026, 6, 9, tzinfo=dt.UTC)
    later = LedgerEntry(HOURLY, "2026-06-09", SliceState.COMMITTED, run_id="later", recorded_at=now)
    lake.write(entries_to_rows([later]))
    lake.run("restore")
    assert lake.rows().num_rows == ledger_rows().num_rows + 1


def test_details_that_old_runs_lost_are_no_damage(tmp_path):
    """``empty_old_runs`` changes rows; the next backup, full or not, copies them as they are now."""
    lake = Lake(tmp_path, "ees_pipeline_runs", "sail")
    now = dt.datetime(2026, 6, 3, tzinfo=dt.UTC)
    row = dict.fromkeys(lake.contract.column_names, "x") | {
        "started_at": now, "finished_at": now, "run_date": None, "outcome": "failed", "tables_changed": 1, "rows_added": 2
    }  # fmt: skip
    for summary, settings in (("told", {}), ("{}", {}), ("gone", {"full": True})):
        rows = pa.Table.from_pylist([row | {"summary": summary}], schema=lake.contract.empty().schema)
        lake.write(rows, mode="overwrite")
        lake.run("backup", **settings)
    lake.destroy()
    lake.run("restore")
    assert lake.rows()["summary"].to_pylist() == ["gone"]


def test_what_is_backed_up_is_not_copied_again(lake):
    lake.write(hours(1, 2))
    lake.run("backup")
    files = lake.files()
    assert [name.split(".")[0] for name in files] == ["2026-06-01", "2026-06-02"]
    lake.run("backup")
    lake.run("backup", full=True)
    assert lake.files() == files


def test_a_new_day_adds_one_file(lake):
    lake.write(hours(1))
    lake.run("backup")
    lake.write(hours(2))
    lake.run("backup")
    assert [name.split(".")[0] for name in lake.files()] == ["2026-06-01", "2026-06-02"]


def test_a_restated_day_is_copied_and_its_old_copy_kept(lake):
    lake.write(hours(1, 2))
    lake.run("backup")
    lake.write(hours(1, sessions=7), mode="overwrite", predicate="date = '2026-06-01'")
    now = lake.digest()
    lake.run("backup")
    assert [name.split(".")[0] for name in lake.files()] == ["2026-06-01", "2026-06-01", "2026-06-02"]
    lake.destroy()
    lake.run("restore")
    assert lake.digest() == now


def test_the_ledger_spares_reading(lake, monkeypatch):
    rows = hours(1)
    lake.write(rows)
    lake.run("backup")
    LedgerDataset(table=HOURLY, **lake.place).save(
        [
            LedgerEntry(
                HOURLY, "2026-06-01", SliceState.COMMITTED, "run", dt.datetime.now(dt.UTC), 3, 3, digest(rows)
            )
        ]
    )
    monkeypatch.setattr(TableStateDataset, "_read", lambda *_: pytest.fail("rows were read"))
    lake.run("backup")


def test_a_value_that_somebody_removed_leaves_the_backup(lake):
    """docs/personal-data.md, "Remove a value"; the ledger keeps the digest of the rows as they came."""
    lake.write(hours(1, 2))
    entry = LedgerEntry(
        HOURLY, "2026-06-01", SliceState.COMMITTED, "run", dt.datetime.now(dt.UTC), 3, 3, digest(hours(1))
    )
    LedgerDataset(table=HOURLY, **lake.place).save([entry])
    lake.run("backup")
    DeltaTable(lake.path).update({"sessions": "0"}, predicate="date = '2026-06-01' AND sessions = 6")
    for copy in lake.folder.glob("2026-06-01.*.parquet"):
        copy.unlink()
    lake.run("backup")
    lake.run("backup", full=True)
    kept = [pq.read_table(path).to_pylist() for path in sorted(lake.folder.glob("*.parquet"))]
    assert [len(rows) for rows in kept] == [3, 3]
    assert 6.0 not in [row["sessions"] for row in kept[0]]


def enter(lake: Lake, state: SliceState, rows: int, **more: str) -> None:
    """An entry of the first day in the ledger."""
    entry = LedgerEntry(HOURLY, "2026-06-01", state, "run", dt.datetime.now(dt.UTC), rows, **more)
    LedgerDataset(table=HOURLY, **lake.place).save([entry])


def test_a_day_that_the_table_lost_in_part_is_kept_and_named(lake):
    lake.write(hours(1))
    enter(lake, SliceState.COMMITTED, 3)
    lake.run("backup")
    DeltaTable(lake.path).delete("date = '2026-06-01' and hour = 1")
    with pytest.raises(RunFailed, match=r"the table lost \(2026-06-01\)"):
        lake.run("backup")
    assert len([name for name in lake.files() if name.startswith("2026-06-01")]) == 1
    lake.run("restore", overwrite=True)
    assert lake.rows().num_rows == 3


def test_a_day_that_a_person_accepted_as_empty_is_not_lost(lake):
    lake.write(hours(1, 2))
    enter(lake, SliceState.COMMITTED, 3)
    lake.run("backup")
    DeltaTable(lake.path).delete("date = '2026-06-01'")
    enter(lake, SliceState.EMPTY, 0, reason="accepted by ana: the source has 0 rows, the table had 3")
    lake.run("backup")
    lake.run("backup")
    assert len([name for name in lake.files() if name.startswith("2026-06-01")]) == 2, "the rows are kept"
    lake.run("restore")
    assert set(lake.rows()["date"].to_pylist()) == {dt.date(2026, 6, 2)}


def test_a_day_that_the_table_lost_is_kept_and_named(lake):
    lake.write(hours(1, 2))
    lake.run("backup")
    DeltaTable(lake.path).delete("date = '2026-06-01'")
    with pytest.raises(
        RunFailed, match=r"the table lost \(2026-06-01\).*--namespaces restore.ees_ga4_hourly"
    ):
        lake.run("backup")
    lake.run("restore")
    assert lake.rows().num_rows == 6


def test_a_table_that_is_gone_is_named(lake):
    lake.write(hours(1))
    lake.run("backup")
    lake.destroy()
    with pytest.raises(RunFailed, match="the table lost"):
        lake.run("backup")


def test_a_table_with_other_rows_is_not_overwritten_unless_asked(lake):
    lake.write(hours(1, 2))
    whole = lake.digest()
    lake.run("backup")
    lake.write(hours(1, 3, sessions=9), mode="overwrite")
    before = lake.digest()
    with pytest.raises(
        RunFailed, match=r"not empty: 2 of its slices .*2026-06-01, 2026-06-03.*restore_overwrite=true"
    ):
        lake.run("restore")
    assert lake.digest() == before
    lake.run("restore", overwrite=True)
    assert lake.rows().num_rows == 9, "a day that only the table has stays"
    DeltaTable(lake.path).delete("date = '2026-06-03'")
    assert lake.digest() == whole


def test_a_stopped_restore_goes_on(lake):
    lake.write(hours(1, 2, 3))
    whole = lake.digest()
    lake.run("backup")
    DeltaTable(lake.path).delete("date > '2026-06-01'")
    lake.run("restore")
    assert lake.digest() == whole


def test_a_restore_with_nothing_to_do_writes_nothing(lake):
    lake.write(hours(1))
    lake.run("backup")
    lake.run("restore")
    assert DeltaTable(lake.path).version() == 0


def test_a_damaged_copy_is_never_restored(lake):
    lake.write(hours(1))
    lake.run("backup")
    lake.destroy()
    path = lake.folder / lake.files()[0]
    schema = pq.read_schema(path)
    pq.write_table(hours(1, sessions=6).replace_schema_metadata(schema.metadata), path)
    with pytest.raises(RunFailed, match="does not have the 3 rows and the digest"):
        lake.run("restore")
    assert not lake.path.exists()


def test_a_damaged_copy_is_replaced_by_a_full_backup(lake):
    lake.write(hours(1))
    lake.run("backup")
    path = lake.folder / lake.files()[0]
    path.write_bytes(b"nonsense")
    lake.run("backup", full=True)
    lake.destroy()
    lake.run("restore")
    assert lake.rows().num_rows == 3


@pytest.mark.parametrize("table", [HOURLY, "ees_pub_scrape", "ees_search_console_old", "ees_ingest_ledger"])
def test_rows_that_changed_without_a_write_are_never_copied(tmp_path, table, monkeypatch):
    """A flipped byte in a data file: a full backup names it, and the good copies stay the newest."""
    lake = Lake(tmp_path, table, "sail")
    lake.write(TABLES[table])
    old = dt.datetime.now().timestamp() - 7200
    if table == HOURLY:
        record(lake)
    else:
        monkeypatch.setattr(
            TableStorage, "last_change", lambda _: Change(dt.datetime.fromtimestamp(old, dt.UTC))
        )
    lake.run("backup")
    before, whole = lake.files(), DeltaRsStorage.rows

    def flipped(self, *arguments, **options):
        rows = whole(self, *arguments, **options)
        if self.location != str(lake.path):
            return rows
        position = next(
            n
            for n, field in enumerate(rows.schema)
            if field.name in ("sessions", "title", "clicks", "reason")
        )
        values = rows.column(position).to_pylist()
        wrong = "?" if pa.types.is_string(rows.schema.field(position).type) else 77.0
        return rows.set_column(position, rows.schema.field(position), pa.array([wrong, *values[1:]]))

    monkeypatch.setattr(DeltaRsStorage, "rows", flipped)
    with pytest.raises(RunFailed, match="differ from their copies, though nothing wrote them since"):
        lake.run("backup", full=True)
    assert lake.files() == before


def record(lake: Lake) -> None:
    """Let the ledger have what the table has now."""
    state = TableStateDataset(table=lake.table, **lake.place).load()
    LedgerDataset(table=lake.table, **lake.place).save(
        [
            LedgerEntry(
                lake.table, name, SliceState.COMMITTED, rows=rows, digest=state.digest_of(name, None), run_id="r",
                recorded_at=dt.datetime.now(dt.UTC),
            )
            for name, rows in state.slices.items()
        ]
    )  # fmt: skip


def test_rows_without_a_slice_are_refused_rather_than_left_out(lake):
    lake.write(pa.table({"date": pa.array([None], pa.date32()), "hour": [1.0], "sessions": [1.0]}))
    with pytest.raises(RunFailed, match="1 row.s. have no date"):
        lake.run("backup")


def test_a_table_that_is_not_there_yet_is_passed_over(lake):
    lake.run("backup")
    assert lake.files() == []
    assert not lake.path.exists()


def test_a_folder_without_a_backup_is_refused(lake):
    lake.folder = lake.folder.parents[1] / "bakcup" / HOURLY
    with pytest.raises(
        RunFailed, match=r"no file of any table in .*/bakcup. Nothing was written. Check backup_root."
    ):
        lake.run("restore")


def test_a_table_without_a_backup_among_others_is_left_as_it_is(lake):
    other = lake.folder.parent / "ees_ga4_page"
    other.mkdir(parents=True)
    (other / "2026-06-27.parquet").touch()
    lake.run("restore")
    assert not lake.path.exists()
