"""The storage of a table on both engines: when it exists, who creates it, and when its rows last changed."""

from __future__ import annotations

import re
import shutil
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, Field
from deltalake.fs import DeltaStorageHandler
from kedro.io import DatasetError
from pyspark.sql.connect.client import SparkConnectClient

from ees_analytics.contracts import contract_named
from ees_analytics.lake.engine import spark_session
from ees_analytics.lake.notebook import read_delta
from ees_analytics.lake.storage import ColumnsDiffer, CommitConflict, TableStorage, delta_rs, storage_for
from ees_analytics.lake.storage import spark as spark_storage
from ees_analytics.lake.storage.history import NoSuchVersion

TABLE = contract_named("ees_pub_scrape")


@pytest.fixture
def storage(engine: str, tmp_path: Path) -> TableStorage:
    return storage_for(TABLE, engine, str(tmp_path))


def test_a_table_exists_from_its_first_commit_on(storage):
    """Its log's folder is there before: an append that takes it for a table fails."""
    log = Path(storage.location) / "_delta_log"
    log.mkdir(parents=True)
    (log / ".00000000000000000000.json.tmp").touch()
    assert not storage.exists()
    shutil.rmtree(storage.location)
    storage.create(TABLE)
    assert storage.exists()


def test_a_table_whose_commits_are_in_a_checkpoint_exists(storage):
    storage.create(TABLE)
    DeltaTable(storage.location).create_checkpoint()
    (Path(storage.location) / "_delta_log" / f"{0:020}.json").unlink()
    assert storage.exists()


def test_a_local_table_has_a_checkpoint_after_ten_commits(tmp_path):
    """Whoever opens it reads the checkpoint and the commits since, not up to 100 commits."""
    storage = storage_for(TABLE, "sail", str(tmp_path))
    storage.create(TABLE)
    for slug in "abcdefghij":
        storage.append(pa.table({"slug": [slug], "title": ["A"]}), {})
    checkpoints = Path(storage.location).glob("_delta_log/*.checkpoint.parquet")
    assert [file.name for file in checkpoints] == [f"{9:020}.checkpoint.parquet"]
    assert sorted(storage.rows()["slug"].to_pylist()) == [*"abcdefghij"]


def test_a_log_is_read_again_only_after_a_new_commit(tmp_path, monkeypatch):
    storage, other = (storage_for(TABLE, "sail", str(tmp_path)) for _ in range(2))
    storage.create(TABLE)
    opened = Mock(wraps=DeltaTable)
    monkeypatch.setattr(delta_rs, "DeltaTable", opened)
    assert (storage.count(), storage.count(), opened.call_count) == (0, 0, 1)

    other.append(pa.table({"slug": ["a"], "title": ["A"]}), {})

    assert storage.count() == 1


def test_repeated_text_is_stored_once_also_in_merged_files(storage):
    """Event labels are long: 2 MB of distinct ones, ten rows each, do not take 20 MB."""
    storage.create(TABLE)
    titles = [f"{number // 10:0>100}" for number in range(200_000)]
    for half in (titles[::2], titles[1::2]):
        storage.append(pa.table({"slug": half, "title": half}), {})
    written = DeltaTable(storage.location).file_uris()
    storage.optimize()
    (merged,) = DeltaTable(storage.location).file_uris()
    row_groups = [pq.read_metadata(file).row_group(0) for file in (*written, merged)]
    assert [rows.num_rows for rows in row_groups] == [100_000, 100_000, 200_000]
    assert all(rows.total_byte_size < 2 * 3_000_000 for rows in row_groups)


def test_a_table_has_its_comments_and_description(storage):
    """Tables have their description as comment, columns theirs."""
    storage.create(TABLE)
    table = DeltaTable(storage.location)
    comments = {field.name: field.metadata["comment"] for field in table.schema().fields}
    assert comments == {column.name: column.description for column in TABLE.columns}
    assert table.metadata().description == TABLE.description


class Catalogue:
    """A session that notes the statement which creates a table."""

    catalog = SimpleNamespace(tableExists=lambda _name: False, databaseExists=lambda _schema: True)

    def sql(self, statement: str) -> None:
        self.statement = statement


def test_key_columns_of_a_catalogues_table_are_not_null(monkeypatch):
    session = Catalogue()
    monkeypatch.setattr(spark_storage, "spark_session", lambda _engine: session)
    contract = contract_named("ees_publication_downloads")
    storage_for(contract, "session", catalog="unity").create(contract)
    required = re.findall(r"`(\w+)` \w+ NOT NULL", session.statement)
    assert required == [c.name for c in contract.columns if c.name in contract.key and not c.nullable]
    assert {"date", "publication"} <= set(required)
    assert "eventCount" not in required


def test_no_rows_are_a_frame_through_spark_connect(monkeypatch):
    """The embedded engine's client is that of Databricks Connect and of serverless compute: else no slice could become empty."""
    sail = spark_session("sail")
    monkeypatch.setattr(spark_storage, "spark_session", lambda _: sail)
    storage = spark_storage.SparkStorage(TABLE, "session", "main.raw.ees_pub_scrape")
    with storage._as_frame(TABLE.empty()) as frame:
        assert frame.columns == TABLE.column_names
        assert frame.count() == 0


def test_many_rows_are_written_as_few_are(storage, monkeypatch):
    """Through a file on this machine where Spark's JVM reads it; one file, not one for every 10,000 rows."""
    monkeypatch.setattr(spark_storage, "_LOCAL_BYTES", 0)
    numbers = [str(number) for number in range(1000)]
    rows = pa.table({"slug": numbers, "title": pa.array(["A", None] * 500).dictionary_encode()})
    storage.create(TABLE)
    storage.append(rows, {})
    storage.replace(rows, None, (), {"digest": "d"})
    assert storage.rows().sort_by("slug").to_pylist() == rows.sort_by("slug").to_pylist()
    assert storage.rows("slug", ["7"], columns=["title"]).to_pylist() == [{"title": rows["title"][7].as_py()}]
    assert len(DeltaTable(storage.location).file_uris()) == 1


@pytest.mark.parametrize("name", ["date=2026-06-28", "(a+b),c", "~a b", "[2026] {old}*?", "été"])
def test_a_folder_may_have_any_name_that_the_engine_reads(engine, tmp_path, name):
    """Sail refuses the others at once: it would find no table in them, after the rows were written."""
    if engine == "sail" and name in ("~a b", "[2026] {old}*?", "été"):
        with pytest.raises(DatasetError, match=r"cannot read a lake in .*set `lake_root`"):
            storage_for(TABLE, engine, str(tmp_path / name))
        return
    storage = storage_for(TABLE, engine, str(tmp_path / name))
    storage.create(TABLE)
    for slug in ("a", "b"):
        storage.append(pa.table({"slug": [slug], "title": ["A"]}), {})
        found = storage.frame().orderBy("slug").toArrow().to_pylist()
    assert found == [{"slug": "a", "title": "A"}, {"slug": "b", "title": "A"}]


@pytest.mark.spark
def test_a_write_makes_a_file_for_each_128_mb(tmp_path, monkeypatch):
    rows = pa.table({"slug": [f"{number:06}" for number in range(100_000)], "title": ["A"] * 100_000})
    monkeypatch.setattr(spark_storage, "_FILE_BYTES", rows.nbytes // 3 + 1)
    storage = storage_for(TABLE, "spark", str(tmp_path))
    storage.create(TABLE)

    storage.append(rows, {})

    assert sorted(storage.rows()["slug"].to_pylist()) == rows["slug"].to_pylist()
    assert len(list(Path(storage.location).glob("*.parquet"))) == 3


@pytest.mark.spark
def test_the_files_of_a_table_are_read_in_one_task(tmp_path):
    storage = storage_for(TABLE, "spark", str(tmp_path))
    storage.create(TABLE)
    for slug in "abc":
        storage.append(pa.table({"slug": [slug], "title": ["A"]}), {})

    rows = storage.frame()

    assert rows.groupBy("title").count().collect() == [("A", 3)]
    assert rows.rdd.getNumPartitions() == 1


def test_rows_that_are_deleted_within_a_file_are_not_read(storage, engine):
    """On Databricks a delete marks rows in a deletion vector; Sail does not read such tables."""
    if engine != "spark":
        pytest.skip("a feature of JVM Delta")
    storage.create(TABLE)
    storage.append(pa.table({"slug": ["a", "b"], "title": [None, "B"]}), {})
    assert storage.count_lacking(["slug", "title"]) == 1
    for statement in (
        f"ALTER TABLE delta.`{storage.location}` SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
        f"DELETE FROM delta.`{storage.location}` WHERE slug = 'a'",
    ):
        spark_storage.spark_session(engine).sql(statement)
    assert len(list(Path(storage.location).glob("deletion_vector*"))) == 1
    left = [{"slug": "b", "title": "B"}]
    assert storage.frame().toArrow().to_pylist() == storage.rows().to_pylist() == left
    assert (storage.count(), storage.count_lacking(["slug", "title"])) == (1, 0)
    assert storage.slice_counts("slug") == {"b": 1}


def test_rows_of_a_local_table_are_read_without_a_query(storage, engine, monkeypatch):
    """On the JVM a query takes ten times as long; Sail's tables are read so in any case."""
    storage.create(TABLE)
    storage.append(pa.table({"slug": ["a", "b"], "title": ["A", None]}), {})
    monkeypatch.setattr(type(storage), "frame", lambda _: pytest.fail("a query"))
    assert storage.rows("slug", ["b"]).to_pylist() == [{"slug": "b", "title": None}]
    assert (storage.count(), storage.slice_counts("slug")) == (2, {"a": 1, "b": 1})


def test_no_file_of_a_table_is_opened_by_python(storage, monkeypatch):
    """A process that ended right after such a read aborted about every second time."""
    monkeypatch.setattr(DeltaStorageHandler, "from_table", lambda *_: pytest.fail("opened by Python"))
    storage.create(TABLE)
    storage.append(pa.table({"slug": ["a", "b"], "title": ["A", None]}), {})
    assert storage.rows("slug", ["b"])["title"].to_pylist() == [None]
    assert storage.rows_before("slug", "b")["slug"].to_pylist() == ["a"]
    assert (storage.count(), storage.count_lacking(["title"])) == (2, 1)
    assert storage.slice_counts("slug") == {"a": 1, "b": 1}
    storage.append_new("slug", "a", lambda present: present.slice(present.num_rows))
    assert read_delta(storage.location)["slug"].tolist() == ["a", "b"]


def test_a_table_is_loaded_without_a_request_for_its_columns(storage, monkeypatch):
    """Sail would read the log once more for each request."""
    storage.create(TABLE)
    monkeypatch.setattr(SparkConnectClient, "schema", lambda *_: pytest.fail("a request"))
    storage.frame()


def test_writers_that_create_a_table_at_once_all_land(storage):
    """Eight threads, as the steps of a first run that record in one ledger."""
    errors: list[BaseException] = []
    start = threading.Barrier(8)

    def write(number: int) -> None:
        rows = pa.table({"slug": [str(number)], "title": ["A"]})
        start.wait()
        try:
            storage.create(TABLE)
            storage.append(rows, {})
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(storage.rows()["slug"].to_pylist()) == [str(number) for number in range(8)]


def test_gives_up_after_many_lost_races(storage, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)
    storage.create(TABLE)

    def lose(*_: object) -> None:
        raise CommitConflict("another writer was first")

    monkeypatch.setattr(storage, "_append", lose)
    with pytest.raises(CommitConflict):
        storage.append(pa.table({"slug": ["a"], "title": ["A"]}), {})


@pytest.mark.parametrize("write", ["append", "replace"])
def test_a_race_that_is_lost_to_a_new_column_is_refused(storage, monkeypatch, write):
    """A second attempt would fill the column with nulls."""
    storage.create(TABLE)
    rows = pa.table({"slug": ["a"], "title": ["A"]})
    storage.append(rows, {})
    attempts = []

    def lose(self, *_args):
        attempts.append(1)
        DeltaTable(storage.location).alter.add_columns([Field("loaded_at", "string")])
        raise CommitConflict("another writer was first")

    monkeypatch.setattr(type(storage), "_append" if write == "append" else "_overwrite", lose)
    with pytest.raises(ColumnsDiffer, match="lacks loaded_at STRING, which the table has"):
        storage.append(rows, {}) if write == "append" else storage.replace(rows, None, (), {})
    assert len(attempts) == 1


def test_maintenance_and_properties_are_not_a_change_of_rows(storage):
    storage.create(TABLE)
    storage.append(pa.table({"slug": ["a"], "title": ["A"]}), {"digest": "d"})
    storage.append(pa.table({"slug": ["b"], "title": ["B"]}), {"digest": "e"})
    written = storage.last_change()
    assert written.commit_metadata == {"digest": "e"}
    DeltaTable(storage.location).alter.set_table_properties(
        {"delta.logRetentionDuration": "interval 99 days"}
    )
    storage.optimize()
    DeltaTable(storage.location).vacuum(0, dry_run=False, enforce_retention_duration=False)
    history = [commit["operation"] for commit in DeltaTable(storage.location).history()]
    assert {"SET TBLPROPERTIES", "OPTIMIZE", "VACUUM START", "VACUUM END"} <= set(history)
    assert storage.last_change() == written


def test_an_earlier_version_has_the_rows_of_its_time_and_cannot_be_written(storage):
    rows = [TABLE.empty().schema.empty_table()]
    for slug in ("a", "b"):
        rows.append(pa.Table.from_pylist([{"slug": slug, "title": slug}], TABLE.empty().schema))
    storage.create(TABLE)
    for version in rows[1:]:
        storage.replace(version, None, (), {})
    storage.optimize()
    for changes, expected in ((-1, ["a"]), (-2, [])):
        earlier = storage.at(changes)
        assert earlier.rows()["slug"].to_pylist() == expected
        assert earlier.count() == len(expected)
    assert storage.rows()["slug"].to_pylist() == ["b"]
    with pytest.raises(DatasetError, match="an earlier version cannot be written"):
        storage.at(-1).replace(rows[1], None, (), {})


def test_an_earlier_version_whose_files_were_deleted_is_named(tmp_path):
    storage = storage_for(TABLE, "sail", str(tmp_path))
    storage.create(TABLE)
    for slug in ("a", "b"):
        storage.replace(
            pa.Table.from_pylist([{"slug": slug, "title": slug}], TABLE.empty().schema), None, (), {}
        )
    (first,) = DeltaTable(storage.location, version=1).file_uris()
    Path(first).unlink()
    with pytest.raises(NoSuchVersion, match=r"version 1 have been deleted.*of the last 30 days"):
        storage.at(-1).rows()
