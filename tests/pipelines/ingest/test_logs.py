"""Log files from a folder to Delta: what each run reads, writes, sets aside and reports."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from ees_analytics.contracts import contract_for
from ees_analytics.parameters.ingest import LoadLimits
from ees_analytics.pipelines.ingest.pipeline import LOG_TABLES, create_logs_pipeline
from ees_analytics.runner import RunFailed
from tests.pipelines.ingest.log_lake import ID, KIND, TABLES, LogLake, calls


@pytest.fixture
def lake(tmp_path: Path) -> LogLake:
    return LogLake(tmp_path)


def of(day: str) -> str:
    return f"{day}-020304-{KIND}.parquet"


def test_the_pipeline_has_every_table_that_is_configured():
    assert set(LOG_TABLES) == set(TABLES)
    assert {f"raw.{table}" for table in TABLES} <= create_logs_pipeline().datasets()


def test_rows_are_those_of_the_files_with_their_origin(lake):
    path = lake.drop("20260601", calls(1))
    lake.ingest()
    assert lake.rows().to_pylist() == [
        {
            "publicationId": str(ID),
            "publicationTitle": "Pupil absence",
            "parameters": '{"page": 1}',
            "startTime": dt.datetime(2026, 6, 1, 2, 3, 4, 567, tzinfo=dt.UTC),
            "type": "GetSummary",
            "_source_file": str(path),
            "_file_datetime": dt.datetime(2026, 6, 1, 2, 3, 4, tzinfo=dt.UTC),
            "_file_date": dt.date(2026, 6, 1),
        }
    ]


def test_both_places_and_both_forms_of_names_are_read_each_file_once(lake):
    lake.drop(f"publications/{of('20260601')}", calls(1))
    shutil.copy(lake.root / "publications" / of("20260601"), lake.root)
    lake.drop("publications/20260602-010203-any-name.parquet", calls(2))
    lake.drop(f"20260603-010203_{KIND}.parquet", calls(3))
    (lake.root / "publications/deeper").mkdir()
    lake.drop(f"publications/deeper/{of('20260604')}")
    audit = lake.ingest()
    assert lake.files_in() == {
        of("20260601"): 1,
        "20260602-010203-any-name.parquet": 2,
        f"20260603-010203_{KIND}.parquet": 3,
    }
    assert (audit.files_new, audit.files_total, audit.rows_new, audit.rows_total) == (3, 3, 6, 6)
    assert not audit.quarantined


def test_both_engines_write_and_replace_files_alike(tmp_path, engine):
    """What else runs do is the engine's no more: reading, checking and planning happen before it."""
    lake = LogLake(tmp_path, engine)
    old = lake.drop(f"publications/{of('20260601')}", calls(3))
    lake.ingest()
    write_deltalake(DeltaTable(lake.path), lake.rows().slice(0, 1), mode="overwrite")
    shutil.rmtree(lake.landing)
    old.rename(lake.root / old.name)
    audit = lake.ingest()
    assert lake.files_in() == {of("20260601"): 3}
    assert set(lake.rows()["_source_file"].to_pylist()) == {str(lake.root / old.name)}
    assert (audit.files_total, audit.rows_total, audit.row_count_mismatch) == (1, 3, [])


def test_a_file_that_differs_only_in_how_it_is_written_is_the_same(lake):
    lake.drop(f"publications/{of('20260601')}", calls(2))
    pq.write_table(calls(2), lake.root / of("20260601"), compression="zstd", store_schema=False)
    assert not lake.ingest().quarantined
    assert lake.files_in() == {of("20260601"): 2}


def test_a_rerun_writes_nothing(lake):
    lake.drop("20260601")
    lake.drop("20260602", calls(0))
    lake.ingest()
    before, files = lake.versions(), lake.files()
    audit = lake.ingest()
    assert (lake.versions(), lake.files()) == (before, files)
    assert (audit.files_new, audit.rows_new, audit.files_total) == (0, 0, 1)
    assert list(audit.quarantined) == [of("20260602")]


def test_an_older_file_that_comes_late_is_found(lake):
    lake.drop("20260608")
    lake.ingest()
    lake.drop("20260601", calls(5))
    audit = lake.ingest()
    assert lake.files_in() == {of("20260601"): 5, of("20260608"): 2}
    assert (audit.files_new, audit.rows_new) == (1, 5)


def test_a_file_that_moved_is_not_read_again(lake):
    old = lake.drop(f"publications/{of('20260601')}")
    lake.ingest()
    old.rename(lake.root / old.name)
    before = lake.versions()
    assert not lake.ingest().missing_from_folder
    assert lake.versions() == before
    assert set(lake.rows()["_source_file"].to_pylist()) == {str(old)}


BAD_FILES = {
    "no rows": (lambda path: pq.write_table(calls(0), path), "has no rows"),
    "half-written": (lambda path: path.write_bytes(path.read_bytes()[:-40]), "cannot be read as parquet"),
    "nothing in it": (lambda path: path.write_bytes(b""), "cannot be read as parquet"),
    "a page of HTML": (lambda path: path.write_text("<html>gone</html>"), "cannot be read as parquet"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "cannot be read as parquet"),
    "a missing column": (lambda path: pq.write_table(calls(type=None), path), "missing: type"),
    "a new column": (
        lambda path: pq.write_table(calls(colour=pa.array(["red"] * 2)), path),
        "unknown: colour",
    ),
    "a retyped column": (
        lambda path: pq.write_table(calls(publicationTitle=pa.array([1, 2])), path),
        "publicationTitle is int64 instead of VARCHAR",
    ),
    "a time with a zone": (
        lambda path: pq.write_table(
            calls(startTime=pa.array([dt.datetime(2026, 6, 1)] * 2, pa.timestamp("us", "UTC"))), path
        ),
        "startTime is timestamp[us, tz=UTC] instead of TIMESTAMP",
    ),
}


@pytest.mark.parametrize("fault", BAD_FILES)
def test_one_bad_file_never_stops_the_good_ones(lake, fault, caplog):
    spoil, reason = BAD_FILES[fault]
    lake.drop("20260601")
    bad = lake.drop("20260602")
    lake.drop("20260603")
    spoil(bad)
    with caplog.at_level(logging.WARNING):
        audit = lake.ingest()
    assert set(lake.files_in()) == {of("20260601"), of("20260603")}
    assert list(audit.quarantined) == [bad.name]
    assert reason in audit.quarantined[bad.name]
    assert lake.states()[bad.name] == "set aside"
    assert any(bad.name in message and reason in message for message in caplog.messages)

    before = lake.versions(), lake.files()
    assert reason in lake.ingest().quarantined[bad.name]
    assert (lake.versions(), lake.files()) == before, "the same file again: nothing new to record"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (f"20191231-235959-{KIND}.parquet", "before 2020-01-01"),
        (
            f"20260612-000000-{KIND}.parquet",
            "after the day of the run, 2026-06-10. Wait for a run of a later day, which ingests it",
        ),
        (f"20261301-000000-{KIND}.parquet", "no date and time"),
        (f"latest-{KIND}.parquet", "no date and time"),
        (f"20260601-{KIND}.parquet", "no date and time"),
    ],
)
def test_a_name_must_have_a_plausible_date(lake, name, reason):
    lake.drop(name)
    lake.drop(f"20260611-235959-{KIND}.parquet")
    lake.drop(f"20200101-000000-{KIND}.parquet")
    audit = lake.ingest(run_date="2026-06-10")
    assert list(audit.quarantined) == [name]
    assert reason in audit.quarantined[name]
    assert audit.files_total == 2


def test_tomorrow_comes(lake):
    lake.drop("20260612")
    assert lake.ingest(run_date="2026-06-10").files_total == 0
    assert lake.ingest(run_date="2026-06-11").files_total == 1
    assert not lake.ingest(run_date="2026-06-11").quarantined


def test_two_contents_of_one_name_are_set_aside_until_one_is_gone(lake):
    lake.drop(f"publications/{of('20260601')}", calls(2))
    other = lake.drop("20260601", calls(2, title="Another"))
    lake.drop("20260602")
    audit = lake.ingest()
    assert "have different content" in audit.quarantined[of("20260601")]
    assert str(other) in audit.quarantined[of("20260601")]
    assert lake.files_in() == {of("20260602"): 2}
    other.unlink()
    audit = lake.ingest()
    assert not audit.quarantined
    assert lake.files_in() == {of("20260601"): 2, of("20260602"): 2}
    assert lake.states()[of("20260601")] == "committed"


def test_a_second_copy_with_other_content_is_reported_and_not_read(lake):
    lake.drop(f"publications/{of('20260601')}", calls(2))
    lake.ingest()
    lake.drop("20260601", calls(400))
    before = lake.versions()
    assert list(lake.ingest().conflicting_copies) == [of("20260601")]
    assert lake.versions() == before


def test_a_bad_file_that_was_repaired_is_ingested(lake):
    path = lake.drop("20260601")
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    lake.ingest()
    path.write_bytes(whole)
    audit = lake.ingest()
    assert lake.files_in() == {of("20260601"): 2}
    assert (audit.files_new, audit.quarantined) == (1, {})


def test_a_bad_file_that_became_bad_otherwise_is_recorded_again(lake):
    path = lake.drop("20260601", calls(0))
    lake.ingest()
    path.write_bytes(b"PAR1")
    lake.ingest()
    reasons = [entry.reason for entry in lake.ledger()]
    assert len(reasons) == 2
    assert "has no rows" in reasons[0]
    assert "cannot be read as parquet" in reasons[1]


def test_a_table_without_ledger_is_adopted_and_its_files_are_not_read_again(lake):
    lake.drop("20260601")
    lake.drop("20260602")
    lake.ingest()
    rows = lake.rows()
    shutil.rmtree(lake.landing)
    shutil.rmtree(lake.path.parent / "ees_ingest_ledger")
    for path in lake.root.glob("2026060[12]*"):
        path.write_bytes(b"it must not be opened")
    lake.drop("20260603", calls(4))
    audit = lake.ingest()
    assert lake.files_in() == {of("20260601"): 2, of("20260602"): 2, of("20260603"): 4}
    assert lake.rows().num_rows == rows.num_rows + 4
    assert (audit.files_new, audit.rows_new, audit.quarantined) == (1, 4, {})
    assert lake.states() == dict.fromkeys(lake.files_in(), "committed")


def test_the_table_may_know_the_file_under_another_mount(lake):
    """Production's paths begin with /Volumes; an analyst's copy of the folder is elsewhere."""
    path = lake.drop("20260601")
    lake.ingest()
    elsewhere = lake.root.rename(lake.root.with_name("copy"))
    lake.root = elsewhere
    before = lake.versions()
    assert lake.ingest().files_new == 0
    assert lake.versions() == before
    assert set(lake.rows()["_source_file"].to_pylist()) == {str(path)}


def test_a_table_emptied_by_hand_is_filled_from_the_landing_zone(lake):
    lake.drop("20260601").rename(lake.root.parent / "gone")
    lake.drop("20260602")
    lake.ingest()
    before = lake.digest()
    write_deltalake(DeltaTable(lake.path), lake.rows().slice(0, 0), mode="overwrite")
    lake.ingest()
    assert lake.digest() == before


def test_what_was_landed_and_not_committed_is_loaded_without_its_file(lake):
    path = lake.drop("20260601")
    lake.ingest()
    shutil.rmtree(lake.path.parent)
    path.unlink()
    lake.drop("20260602")
    audit = lake.ingest()
    assert lake.files_in() == {of("20260601"): 2, of("20260602"): 2}
    assert list(audit.missing_from_folder) == [of("20260601")]


def test_what_is_lost_everywhere_is_a_failure_that_names_it(lake):
    path = lake.drop("20260601")
    lake.drop("20260602")
    lake.ingest()
    shutil.rmtree(lake.landing)
    path.unlink()
    kept = lake.rows().filter(pc.not_equal(lake.rows()["_file_date"], dt.date(2026, 6, 1)))
    write_deltalake(DeltaTable(lake.path), kept, mode="overwrite")
    with pytest.raises(RunFailed, match=rf"{of('20260601')}: 0 rows instead of 2"):
        lake.ingest()


def test_no_file_in_place_is_a_failure_that_names_the_folders(lake):
    with pytest.raises(RunFailed) as failed:
        lake.ingest()
    message = str(failed.value)
    assert str(lake.root) in message
    assert "publications (*, a folder that does not exist)" in message
    assert "api_logs_root=" in message
    assert lake.rows().num_rows == 0, "the empty table exists: what is built from it can be built"


def test_a_folder_that_was_emptied_or_is_gone_is_a_failure_although_the_table_has_rows(lake, caplog):
    lake.drop("20260601")
    lake.ingest()
    (lake.root / of("20260601")).unlink()
    with caplog.at_level(logging.WARNING), pytest.raises(RunFailed, match="no log file was found in"):
        lake.ingest()
    assert any("no longer in the folder" in message for message in caplog.messages)
    lake.root.rmdir()
    with pytest.raises(RunFailed, match="found in .*public-api, a folder that does not exist. Put"):
        lake.ingest()
    assert lake.files_in() == {of("20260601"): 2}


def test_a_table_that_conf_marks_as_not_used_needs_no_files(lake, monkeypatch):
    monkeypatch.setitem(TABLES, lake.table, {**TABLES[lake.table], "not_used": True})
    assert lake.ingest().files_total == 0


def test_a_torn_ledger_is_named_and_no_healthy_table(lake):
    lake.drop("20260601")
    lake.ingest()
    commit = max((lake.path.parent / "ees_ingest_ledger/_delta_log").glob("*.json"))
    commit.write_bytes(commit.read_bytes()[:-40])
    with pytest.raises(RunFailed, match=r"\.plan: ees_ingest_ledger: this table is damaged") as failed:
        lake.ingest()
    assert str(lake.path.parent / "ees_ingest_ledger") in str(failed.value)
    assert f"raw.{lake.table}" not in str(failed.value)


def test_files_are_committed_in_bounded_batches_oldest_first(lake):
    for day in range(1, 8):
        lake.drop(f"2026060{day}")
    lake.ingest(limits=LoadLimits(max_slices=3))
    commits = [entry for entry in DeltaTable(lake.path).history() if entry["operation"] == "WRITE"]
    assert len(commits) == 3
    assert len(lake.files_in()) == 7


@pytest.mark.parametrize("table", ["raw_ees_query_access", "raw_ees_data_set_versions"])
def test_early_files_lack_the_later_columns(tmp_path, table):
    lake = LogLake(tmp_path, table=table)
    source = Path(__file__).parents[3] / "data/sample/public-api"
    _, in_folder, in_root = TABLES[table]["places"]
    folder = Path(in_folder).parent
    (lake.root / folder).mkdir()
    for path in sorted((source / folder).glob(in_root))[:1]:
        shutil.copy(path, lake.root / folder)
    for path in sorted(source.glob(in_root))[-1:]:
        shutil.copy(path, lake.root)
    audit = lake.ingest("2026-06-30")
    rows = lake.rows()
    assert (audit.files_total, audit.quarantined) == (2, {})
    assert rows.column_names == contract_for(f"raw.{table}").column_names
    early = rows.filter(pc.equal(rows["_file_date"], dt.date(2026, 5, 15)))
    assert early["previewTokenLabel"].null_count == early.num_rows > 0
    assert early["requestedDataSetVersion"].null_count == early.num_rows
    assert rows["requestedDataSetVersion"].null_count < rows.num_rows
