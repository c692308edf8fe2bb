"""The table dataset on real Delta tables, on both engines: what it writes and every refusal."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, Field, write_deltalake
from deltalake.table import TableAlterer
from kedro.io import DatasetError
from pyspark.sql.classic.dataframe import DataFrame

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.contract import ContractError, SliceBatch
from ees_analytics.contracts.digest import FAST, digest
from ees_analytics.contracts.large import LargeRows
from ees_analytics.contracts.validator import ContractValidator
from ees_analytics.lake.changes import RowCounts
from ees_analytics.lake.storage import CommitConflict, delta_rs
from ees_analytics.lake.table import Mode, TableDataset

HOURLY = "raw.ees_ga4_hourly"
PUBLICATIONS = "raw.ees_pub_scrape"
DAY1, DAY2 = dt.date(2026, 6, 1), dt.date(2026, 6, 2)


def hourly(*rows: tuple[dt.date, float, float]) -> pa.Table:
    return pa.Table.from_pylist(
        [{"date": day, "hour": hour, "sessions": sessions} for day, hour, sessions in rows],
        schema=contract_for(HOURLY).arrow_schema.remove_metadata(),
    )


def batch(rows: pa.Table, *days: dt.date) -> SliceBatch:
    return SliceBatch(rows, [day.isoformat() for day in days])


@pytest.fixture
def lake(engine: str, tmp_path: Path) -> dict[str, str | None]:
    return {"engine": engine, "lake_root": str(tmp_path / "lake"), "catalog": None}


def table(lake: dict, name: str = HOURLY, mode: Mode = Mode.REPLACE_SLICE, **options: Any) -> TableDataset:
    return TableDataset(table=name, mode=mode, **lake, **options)


def rows_of(dataset: TableDataset) -> list[tuple]:
    return sorted(tuple(row) for row in dataset.load().collect())


def test_replaces_exactly_the_slices(lake):
    dataset = table(lake)
    dataset.save(batch(hourly((DAY1, 0, 5), (DAY1, 1, 6), (DAY2, 0, 7)), DAY1, DAY2))
    dataset.save(batch(hourly((DAY2, 3, 9)), DAY2))
    assert rows_of(dataset) == [(DAY1, 0.0, 5.0), (DAY1, 1.0, 6.0), (DAY2, 3.0, 9.0)]


def test_a_slice_may_become_empty(lake):
    dataset = table(lake)
    dataset.save(batch(hourly((DAY1, 0, 5), (DAY2, 0, 7)), DAY1, DAY2))
    dataset.save(batch(hourly(), DAY2))
    assert rows_of(dataset) == [(DAY1, 0.0, 5.0)]


def test_a_batch_of_no_slices_creates_the_table_with_comments_and_retention(lake):
    dataset = table(lake)
    dataset.save(SliceBatch(hourly(), []))
    assert rows_of(dataset) == []
    delta = DeltaTable(dataset.storage.location)
    comments = {field.name: field.metadata.get("comment") for field in delta.schema().fields}
    assert comments["hour"] == "Hour of the day, 0 to 23"
    assert delta.metadata().configuration["delta.deletedFileRetentionDuration"] == "interval 30 days"


def test_appends(lake):
    dataset = table(lake, mode=Mode.APPEND)
    dataset.save(hourly((DAY1, 0, 5)))
    assert DeltaTable(dataset.storage.location).history()[-1]["operation"] == "WRITE"
    dataset.save(hourly((DAY1, 1, 6)))
    assert rows_of(dataset) == [(DAY1, 0.0, 5.0), (DAY1, 1.0, 6.0)]


def test_first_rows_are_appended_once_even_if_the_table_cannot_be_described(lake, monkeypatch):
    """On Spark the description is a commit of its own, after that of the rows."""

    def fail(*_args, **_options):
        raise OSError("the disk is full")

    monkeypatch.setattr(TableAlterer, "set_table_description", fail)
    dataset = table(lake, mode=Mode.APPEND)
    dataset.save(hourly((DAY1, 0, 5)))
    assert rows_of(dataset) == [(DAY1, 0.0, 5.0)]


SEARCHES = "app.ees_search_console_timeseries"


def searches(days: list[dt.date]) -> pa.Table:
    columns = {"date": days, "clicks": [1.0] * len(days), "impressions": [2.0] * len(days)}
    return pa.table(columns, contract_for(SEARCHES).arrow_schema.remove_metadata())


def test_a_version_that_lost_its_newest_day_or_more_than_half_is_refused(lake):
    days = [DAY1 + dt.timedelta(days=count) for count in range(10)]
    guarded = table(lake, SEARCHES, Mode.REPLACE_TABLE, max_loss=0.5)
    guarded.save(searches(days))
    for kept, message in (
        (days[:9], "has 9 rows instead of 10 and ends on 2026-06-09 instead of 2026-06-10. The"),
        (days[6:], "has 4 rows instead of 10. The"),
        ([], "has 0 rows instead of 10 and ends on no day instead of 2026-06-10. The"),
    ):
        with pytest.raises(DatasetError, match=message) as refused:
            guarded.save(searches(kept))
        assert "accept_loss=ees_search_console_timeseries" in str(refused.value)
    assert len(rows_of(guarded)) == 10
    guarded.save(searches(days[5:]))
    accept = "ees_session_starts+ees_search_console_timeseries"
    table(lake, SEARCHES, Mode.REPLACE_TABLE, max_loss=0.5, accept_loss=accept).save(searches([]))
    assert rows_of(guarded) == []


def test_a_table_without_days_is_guarded_and_an_operational_one_is_not(lake):
    times = pa.table({"slug": ["a", "b", "c"], "avg_read_time": [1.0, 2.0, 3.0], "title": ["A", "B", "C"]})
    guarded = table(lake, "app.ees_avg_readtime", Mode.REPLACE_TABLE, max_loss=0.5)
    guarded.save(times)
    with pytest.raises(DatasetError, match="ees_avg_readtime: the new version has 1 rows instead of 3. The"):
        guarded.save(times.slice(0, 1))
    operational = contract_for("app.ees_unclassified")
    row = dict.fromkeys(("table", "field", "value"), "a") | {"rows": 1, "count": 1.0}
    rows = pa.Table.from_pylist(
        [row | dict.fromkeys(("first_date", "last_date"), DAY1)], operational.empty().schema
    )
    unguarded = table(lake, "app.ees_unclassified", Mode.REPLACE_TABLE, max_loss=0.5)
    unguarded.save(rows)
    unguarded.save(rows.slice(1))
    assert rows_of(unguarded) == []


@pytest.mark.parametrize("engine", [pytest.param("spark", marks=pytest.mark.spark)], indirect=True)
def test_a_large_table_is_checked_compared_and_written_by_the_engine(lake, spark, monkeypatch, tmp_path):
    """As if its rows were collected: the same refusals, and a new version only for other rows."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where rows are kept
    dataset = table(lake, SEARCHES, Mode.REPLACE_TABLE, max_loss=0.5, max_compared_rows=5000)
    days = [DAY1 + dt.timedelta(days=count) for count in range(1000)]
    collected: list[int] = []
    for name in ("collect", "toArrow"):
        original = getattr(DataFrame, name)
        monkeypatch.setattr(
            DataFrame, name, lambda self, get=original: collected.append(len(rows := get(self))) or rows
        )

    def save(rows: pa.Table, most: int) -> tuple[int, bool]:
        checked = ContractValidator(SEARCHES, most).validate(spark.createDataFrame(rows))
        assert isinstance(checked, LargeRows) == (most < rows.num_rows)
        dataset.save(checked)
        assert not list(tmp_path.glob("ees-analytics-*"))
        return DeltaTable(dataset.storage.location).version(), dataset.last_save.changed

    rows = searches(days)
    version, _ = save(rows, 999)
    assert save(rows.take([*range(500, 1000), *range(500)]), 999) == (version, False)
    assert save(rows, 1000) == (version, False)
    assert max(collected) <= 2, "one row for each partition"
    assert digest(DeltaTable(dataset.storage.location).to_pyarrow_table()) == digest(rows)

    twice = pa.concat_tables([rows, rows.slice(7, 1)])
    messages = set()
    for most in (1000, 1001):
        with pytest.raises(ContractError, match="1 key.* occur more than once.* 'count_all': 2") as refused:
            save(twice, most)
        messages.add(str(refused.value))
    assert len(messages) == 1
    with pytest.raises(DatasetError, match="has 999 rows instead of 1,000 and ends on 2029-02-23 instead of"):
        save(rows.slice(0, 999), 10)
    assert not list(tmp_path.glob("ees-analytics-*"))

    assert save(rows.slice(400), 10) == (version + 1, True)
    assert dataset.last_save.changes.is_net
    assert dataset.last_save.changes.total == RowCounts(removed=400)
    assert save(rows.slice(400), 1000) == (version + 1, False)


def test_replaces_a_table_only_where_rows_differ(lake):
    dataset = table(lake, PUBLICATIONS, Mode.REPLACE_TABLE)
    rows = pa.table({"slug": ["a", "b"], "title": ["A", "B"]})
    dataset.save(rows)
    version = DeltaTable(dataset.storage.location).version()
    dataset.save(rows.take([1, 0]))
    assert DeltaTable(dataset.storage.location).version() == version
    dataset.save(pa.table({"slug": ["a"], "title": ["A"]}))
    assert rows_of(dataset) == [("a", "A")]
    assert DeltaTable(dataset.storage.location).version() == version + 1


def test_saves_a_data_frame(lake, spark):
    dataset = table(lake, PUBLICATIONS, Mode.REPLACE_TABLE)
    dataset.save(spark.createDataFrame([("a", "A")], "slug string, title string"))
    assert rows_of(dataset) == [("a", "A")]


def test_columns_are_matched_by_name(lake):
    dataset = table(lake, PUBLICATIONS, Mode.REPLACE_TABLE)
    dataset.save(pa.table({"title": ["A"], "slug": ["a"]}))
    assert dataset.load().columns == ["slug", "title"]
    assert rows_of(dataset) == [("a", "A")]


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (hourly((DAY1, 1, 1)).append_column("surprise", pa.array([1])), r"extra \['surprise'\]"),
        (hourly((DAY1, 1, 1)).drop_columns(["sessions"]), r"missing \['sessions'\]"),
        (pa.table({"date": ["yesterday"], "hour": [1.0], "sessions": [1.0]}), "string is not DATE"),
    ],
    ids=["extra column", "missing column", "another kind"],
)
def test_refuses_other_columns(lake, rows, complaint):
    dataset = table(lake)
    dataset.save(batch(hourly((DAY1, 0, 5)), DAY1))
    with pytest.raises(DatasetError, match=complaint):
        dataset.save(batch(rows, DAY1))
    assert rows_of(dataset) == [(DAY1, 0.0, 5.0)]


def test_refuses_a_lossy_cast(lake):
    contract = contract_for("raw.ees_ga4_service_summary")
    dataset = table(lake, "raw.ees_ga4_service_summary")
    row = {column.name: 1.0 for column in contract.columns} | {"date": DAY1, "users": 1.7}
    with pytest.raises(
        DatasetError, match=r"ees_ga4_service_summary.users: a value does not fit INT without loss"
    ):
        dataset.save(batch(pa.Table.from_pylist([row]), DAY1))
    assert not dataset.exists()


def test_refuses_rows_outside_the_slice(lake):
    dataset = table(lake)
    dataset.save(batch(hourly((DAY1, 0, 5)), DAY1))
    with pytest.raises(DatasetError, match=r"\['2026-06-01'\] are outside the slices"):
        dataset.save(batch(hourly((DAY1, 9, 9), (DAY2, 0, 7)), DAY2))
    assert rows_of(dataset) == [(DAY1, 0.0, 5.0)]


def test_the_storage_itself_refuses_rows_outside_the_slice(lake):
    """The second line of defence: delta-rs and JVM Delta both check the replaced slice."""
    dataset = table(lake)
    dataset.save(batch(hourly((DAY1, 0, 5)), DAY1))
    with pytest.raises(Exception, match="(?i)predicate|replace_where|constraint|invalid data"):
        dataset.storage.replace(hourly((DAY2, 0, 7)), "date", [DAY1.isoformat()], {})
    assert rows_of(dataset) == [(DAY1, 0.0, 5.0)]


def test_refuses_to_read_a_missing_table(lake):
    with pytest.raises(
        DatasetError, match=r"there is no such table in .*/analytics_raw\. .*kedro run --pipelines ingest"
    ):
        table(lake, absent="frozen-empty").load()


def test_a_frozen_table_is_read_without_rows_that_cannot_be_counted(lake, caplog):
    """Its days may be moments. Paths may be missing; the table keeps all its rows."""
    moments = [dt.datetime(2023, 6, 1), dt.datetime(2023, 6, 2), None, dt.datetime(2023, 6, 2)]
    columns = {
        "date": pa.array(moments, pa.timestamp("us", tz="UTC")),
        "pagePath": ["/", None, "/a", "/b"],
        "pageviews": [1.0, 2.0, 4.0, 8.0],
        "sessions": [1.0, 1.0, 1.0, None],
    }
    dataset = table(lake, "raw.ees_ua_page")
    write_deltalake(Path(str(lake["lake_root"])) / "analytics_raw" / "ees_ua_page", pa.table(columns))

    for _ in range(2):
        assert rows_of(dataset) == [
            (dt.date(2023, 6, 1), "/", 1.0, 1.0),
            (dt.date(2023, 6, 2), None, 2.0, 1.0),
        ]
    message = "ees_ua_page: 2 rows left out, because one of date, pageviews, sessions is missing"
    assert caplog.text.count(message) == 1


def test_a_frozen_table_without_days_is_read_whole(lake):
    dataset = table(lake, "raw.ees_legacy_scrape")
    rows = pa.table({"url": ["/a", None], "heading": ["A", None]})
    write_deltalake(Path(str(lake["lake_root"])) / "analytics_raw" / "ees_legacy_scrape", rows)
    assert dataset.load().count() == 2


def test_a_missing_frozen_table_has_its_own_remedy(lake):
    with pytest.raises(
        DatasetError, match="no such table in .*frozen.*pipelines restore.*import_frozen"
    ) as refusal:
        table(lake, "raw.ees_ua_page").load()
    assert "pipelines ingest" not in str(refusal.value)


def test_a_missing_frozen_table_may_count_as_empty(lake):
    frame = table(lake, "raw.ees_ua_page", absent="frozen-empty").load()
    assert frame.columns == ["date", "pagePath", "pageviews", "sessions"]
    assert frame.count() == 0
    with pytest.raises(DatasetError, match="no such table"):
        table(lake, "raw.ees_ua_page").load()


def test_retries_a_lost_race(lake, monkeypatch):
    dataset = table(lake)
    dataset.save(SliceBatch(hourly(), []))
    storage_type = type(dataset.storage)
    original, lost = storage_type._overwrite, []

    def lose_twice(self, rows, column, values, user_metadata):
        if len(lost) < 2:
            lost.append(1)
            raise CommitConflict("another writer was first")
        return original(self, rows, column, values, user_metadata)

    monkeypatch.setattr(storage_type, "_overwrite", lose_twice)
    dataset.save(batch(hourly((DAY1, 0, 5)), DAY1))
    assert rows_of(dataset) == [(DAY1, 0.0, 5.0)]
    assert len(lost) == 2


def test_writers_at_once_all_land_and_no_slice_is_mixed(lake):
    """Real races for a new table: eight threads, half of them on the same day."""
    days = [DAY1, DAY1, DAY1, DAY1, *(dt.date(2026, 7, n) for n in range(1, 5))]
    errors: list[BaseException] = []

    def write(number: int, day: dt.date) -> None:
        try:
            table(lake).save(batch(hourly((day, 0, number), (day, 1, number)), day))
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=write, args=item) for item in enumerate(days)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    rows = rows_of(table(lake))
    assert len(rows) == 10
    assert len({sessions for day, _, sessions in rows if day == DAY1}) == 1


def test_previews_without_an_engine(lake):
    dataset = table(lake)
    dataset.save(batch(hourly((DAY1, 0, 5)), DAY1))
    preview = dataset.preview(nrows=5)
    assert preview["columns"] == ["date", "hour", "sessions"]
    assert preview["data"] == [["2026-06-01", "0", "5"]]


def test_previews_the_newest_rows(lake):
    dataset = table(lake)
    days = [dt.date(2026, 6, day) for day in (1, 3, 2)]
    dataset.save(batch(hourly(*((day, hour, 5.0) for day in days for hour in (0.0, 1.0))), *days))
    assert [row[0] for row in dataset.preview(nrows=3)["data"]] == ["2026-06-03", "2026-06-03", "2026-06-02"]


def test_previews_a_table_that_is_not_there_yet(lake):
    assert table(lake).preview()["data"] == []


def test_a_table_that_the_incumbent_made_is_written_as_it_is(lake):
    """No column added, none reordered, comments and properties kept."""
    path = Path(lake["lake_root"]) / "analytics_raw" / "ees_ga4_hourly"
    DeltaTable.create(
        path,
        schema=pa.schema([("sessions", pa.float64()), ("date", pa.date32()), ("hour", pa.float64())]),
        configuration={"delta.logRetentionDuration": "interval 1234 days"},
        description="made by hand",
    )
    dataset = table(lake)
    dataset.save(batch(hourly((DAY1, 0, 5)), DAY1))
    delta = DeltaTable(path)
    assert [field.name for field in delta.schema().fields] == ["sessions", "date", "hour"]
    assert delta.metadata().configuration == {"delta.logRetentionDuration": "interval 1234 days"}
    assert delta.metadata().description == "made by hand"
    assert delta.to_pyarrow_table().to_pylist() == [{"sessions": 5.0, "date": DAY1, "hour": 0.0}]


def hourly_table(lake: dict, **columns: pa.DataType) -> DeltaTable:
    """A table with other columns than its contract, with a row of its own."""
    path = Path(lake["lake_root"]) / "analytics_raw" / "ees_ga4_hourly"
    schema = pa.schema([("date", pa.date32()), *columns.items()])
    made = DeltaTable.create(path, schema=schema)
    values = {name: [DAY1 if pa.types.is_date(kind) else 1] for name, kind in columns.items()}
    write_deltalake(made, pa.table({"date": [DAY1], **values}, schema=schema), mode="append")
    return DeltaTable(path)


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        (
            {"hour": pa.float64(), "sessions": pa.float64(), "loaded_at": pa.date32()},
            "the contract lacks loaded_at DATE, which the table has",
        ),
        ({"hour": pa.float64()}, "the table lacks sessions DOUBLE"),
        (
            {"hour": pa.float64(), "sessions": pa.int32()},
            "sessions is INT in the table and DOUBLE in the contract",
        ),
    ],
    ids=["one more", "one less", "another type"],
)
def test_a_table_that_is_not_as_its_contract_is_not_written(lake, columns, complaint):
    """Production's tables are a contract: Spark would set ``loaded_at`` to null in every replaced day."""
    before = digest(hourly_table(lake, **columns).to_pyarrow_table())
    remedy = "Move it away, then `kedro run --pipelines ingest` fills it from the landing zone"
    with pytest.raises(DatasetError, match=f"ees_ga4_hourly.*{complaint}.*Nothing was written. {remedy}"):
        table(lake).save(batch(hourly((DAY1, 0, 5)), DAY1))
    assert digest(DeltaTable(table(lake).storage.location).to_pyarrow_table()) == before


def test_a_column_that_holds_more_than_the_contracts_is_written(lake):
    contract = contract_for("raw.ees_ga4_service_summary")
    path = Path(lake["lake_root"]) / "analytics_raw" / contract.name
    wide = {"users": pa.int64(), "sessions": pa.float64()}
    types = {column.name: wide.get(column.name, column.type.arrow) for column in contract.columns}
    DeltaTable.create(path, schema=pa.schema(types.items()))
    row = {column.name: 1.0 for column in contract.columns} | {"date": DAY1}
    table(lake, "raw.ees_ga4_service_summary").save(batch(pa.Table.from_pylist([row]), DAY1))
    assert DeltaTable(path).to_pyarrow_table()["users"].to_pylist() == [1]


def test_the_columns_of_a_table_are_looked_up_once(lake, monkeypatch):
    dataset, look_ups = table(lake), []
    storage_type = type(dataset.storage)
    original = storage_type._columns
    monkeypatch.setattr(storage_type, "_columns", lambda self: look_ups.append(1) or original(self))
    for sessions in (5, 6, 7):
        dataset.save(batch(hourly((DAY1, 0, sessions)), DAY1))
        dataset.load()
    assert len(look_ups) <= 1
    DeltaTable(dataset.storage.location).alter.add_columns([Field("loaded_at", "string")])
    with pytest.raises(DatasetError, match="the contract lacks loaded_at STRING, which the table has"):
        dataset.save(batch(hourly((DAY1, 0, 8)), DAY1))


@pytest.mark.parametrize(
    ("name", "mode", "rows"),
    [
        (PUBLICATIONS, Mode.REPLACE_TABLE, pa.table({"title": ["A"], "slug": ["a"]})),
        (HOURLY, Mode.REPLACE_SLICE, batch(hourly((DAY1, 0, 5)), DAY1)),
    ],
)
def test_a_new_table_has_its_comments_and_properties(lake, name, mode, rows):
    """It is one commit with its first rows; on Spark another has the description."""
    dataset = table(lake, name, mode)
    dataset.save(rows)
    delta, contract = DeltaTable(dataset.storage.location), contract_for(name)
    assert delta.history()[-1]["operation"] == "WRITE"
    assert delta.version() == (1 if lake["engine"] == "spark" else 0)
    assert delta.metadata().description == contract.description
    assert delta.metadata().configuration["delta.deletedFileRetentionDuration"] == "interval 30 days"
    comments = {field.name: field.metadata.get("comment") for field in delta.schema().fields}
    assert comments == {column.name: column.description for column in contract.columns}
    assert dataset.storage.last_change().commit_metadata["digest"] == digest(dataset.storage.rows(), FAST)


def test_the_first_slices_of_a_table_keep_those_of_a_writer_that_was_first(lake, monkeypatch):
    dataset = table(lake)
    storage_type = type(dataset.storage)
    original, asked = storage_type.exists, []

    def exists(self):
        if not asked:
            asked.append(1)
            table(lake).save(batch(hourly((DAY1, 0, 5), (DAY1, 1, 5)), DAY1))
            return False
        return original(self)

    monkeypatch.setattr(storage_type, "exists", exists)
    dataset.save(batch(hourly((DAY2, 0, 6)), DAY2))
    assert rows_of(dataset) == [(DAY1, 0.0, 5.0), (DAY1, 1.0, 5.0), (DAY2, 0.0, 6.0)]


@pytest.mark.parametrize(
    ("name", "mode", "others", "rows", "kept"),
    [
        (PUBLICATIONS, Mode.REPLACE_TABLE, *(pa.table({"title": [x], "slug": [x]}) for x in "AB"), 1),
        (HOURLY, Mode.REPLACE_SLICE, *(batch(hourly((DAY1, 0, x)), DAY1) for x in (5, 6)), 1),
        (HOURLY, Mode.APPEND, *(hourly((DAY1, 0, x)) for x in (5, 6)), 2),
    ],
)
def test_a_writer_that_is_first_while_the_first_rows_are_written(
    tmp_path, monkeypatch, name, mode, others, rows, kept
):
    """The later one writes in its mode: only where it appends, the rows of both are kept."""
    place = {"engine": "sail", "lake_root": str(tmp_path)}
    original = delta_rs.write_deltalake

    def be_second(where, rows, **how):
        monkeypatch.undo()

        def batches():
            other = threading.Thread(target=table(place, name, mode).save, args=[others])
            other.start()
            other.join()
            yield from rows.to_batches()

        return original(where, pa.RecordBatchReader.from_batches(rows.schema, batches()), **how)

    monkeypatch.setattr(delta_rs, "write_deltalake", be_second)
    dataset = table(place, name, mode)
    dataset.save(rows)
    expected = [data.rows if isinstance(data, SliceBatch) else data for data in (others, rows)][-kept:]
    found = dataset.storage.rows()
    assert found.sort_by(found.column_names[-1]).to_pylist() == pa.concat_tables(expected).to_pylist()
    assert DeltaTable(dataset.storage.location).history(1)[0]["version"] == 1


def test_kill_in_the_middle_of_a_write(lake, tmp_path):
    """After ``kill -9`` the old version is readable and the next write is clean."""
    dataset = table(lake)
    dataset.save(batch(hourly((DAY1, 0, 5)), DAY1))
    before = digest(dataset.storage.rows())
    code = f"""
        import datetime as dt, sys
        import pyarrow as pa
        from ees_analytics.contracts.contract import SliceBatch
        from ees_analytics.lake.table import TableDataset

        dataset = TableDataset(table="{HOURLY}", mode="replace-slice", **{lake!r})
        days = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(50)]
        rows = pa.Table.from_pylist(
            [{{"date": day, "hour": float(hour), "sessions": 1.0}} for day in days for hour in range(24)]
        )
        rows = pa.concat_tables([rows] * 1000) if {lake["engine"]!r} == "sail" else rows
        dataset.storage.exists()
        print("writing", flush=True)
        dataset.save(SliceBatch(rows, [day.isoformat() for day in days]))
        print("done", flush=True)
        """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "writing"
    time.sleep(0.15)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert process.stdout.read() == ""
    assert digest(table(lake).storage.rows()) == before
    table(lake).save(batch(hourly((DAY2, 3, 9)), DAY2))
    assert rows_of(table(lake)) == [(DAY1, 0.0, 5.0), (DAY2, 3.0, 9.0)]
