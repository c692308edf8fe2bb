"""The folder of log files: what is found, what is not, and how files are read."""

import datetime as dt
import os
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from kedro.io import DatasetError
from kedro.validation import ModelInstantiationError

from ees_analytics.parameters.logs import LogFileLimits
from ees_analytics.slices.errors import BadFile
from ees_analytics.slices.landing_dataset import LandingDataset
from ees_analytics.sources.log_files.dataset import LogFilesDataset, read_log_file
from ees_analytics.sources.log_files.folder import file_datetime, slice_name
from tests.conftest import PROJECT

TABLES = yaml.safe_load((PROJECT / "conf/base/globals_logs.yml").read_text())["log_tables"]
NAMES_IN_THE_ROOT = {
    "raw_ees_top_level": "20260601-010203-public-api-top-level-calls.parquet",
    "raw_ees_query_access": "20260601-010203-public-api-query-access.parquet",
    "raw_ees_queries": "20260601-010203-public-api-queries.parquet",
    "raw_ees_data_sets": "20260601-010203_public-api-data-set-calls.parquet",
    "raw_ees_publications": "20260601-010203-public-api-publications-calls.parquet",
    "raw_ees_data_set_versions": "20260601-010203-public-api-data-set-version-calls.parquet",
    "raw_ees_zip_downloads": "20260216-170202_public-zip-downloads.parquet",
    "raw_ees_csv_downloads": "20260216-170202-public-csv-downloads.parquet",
    "raw_ees_table_tool_downloads": "20260216-170202_public-table-tool-downloads.parquet",
    "raw_ees_permalink_table_downloads": "20260216-170202_public-permalink-table-downloads.parquet",
}
NAMES_IN_FOLDERS = {
    "raw_ees_top_level": "top-level/20250601-010203-anything.parquet",
    "raw_ees_query_access": "queries/20250601-010203-query-access.parquet",
    "raw_ees_queries": "queries/20250601-010203-queries.parquet",
    "raw_ees_data_sets": "data-sets/20250601-010203-anything.parquet",
    "raw_ees_publications": "publications/20250601-010203-anything.parquet",
    "raw_ees_data_set_versions": "data-set-versions/20250601-010203-anything.parquet",
    "raw_ees_zip_downloads": "public/zip-downloads/20250601-010203_anything.parquet",
    "raw_ees_csv_downloads": "public/csv-downloads/20250601-010203_anything.parquet",
    "raw_ees_table_tool_downloads": "public/table-tool-downloads/table-tool-page/20250601-010203_any.PARQUET",
    "raw_ees_permalink_table_downloads": "public/table-tool-downloads/permalinks/20250601-010203_any.parquet",
}


def dataset(root, table="raw_ees_publications", **options) -> LogFilesDataset:
    return LogFilesDataset(table=table, tables=TABLES, path=str(root), **options)


def read(*paths: str, **limits: int) -> pa.Table:
    return read_log_file(paths, LogFileLimits(**limits))


def touch(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")


@pytest.fixture
def full(tmp_path):
    touch(tmp_path, *NAMES_IN_THE_ROOT.values(), *NAMES_IN_FOLDERS.values())
    return tmp_path


@pytest.mark.parametrize("table", TABLES)
def test_each_table_finds_its_own_files_in_both_places(full, table):
    expected = [names[table] for names in (NAMES_IN_FOLDERS, NAMES_IN_THE_ROOT) if table in names]
    folder = dataset(full, table).load()
    assert sorted(path for paths in folder.files.values() for path in paths) == sorted(
        str(full / name) for name in expected
    )
    assert list(folder.unmatched) == []


def test_only_parquet_files_in_the_two_folders_themselves_count(tmp_path):
    touch(
        tmp_path,
        "publications/deeper/20260601-010203-x.parquet",
        "publications/20260601-010203-x.parquet.tmp",
        "publications/.20260601-010203-x.parquet",
        "publications/_SUCCESS",
        "elsewhere/20260601-010203-public-api-publications-calls.parquet",
    )
    folder = dataset(tmp_path).load()
    assert (list(folder), folder.unmatched) == ([], [])


def test_the_root_of_a_volume_holds_the_sub_folders_in_public_api(tmp_path):
    old, new = NAMES_IN_FOLDERS["raw_ees_publications"], NAMES_IN_THE_ROOT["raw_ees_publications"]
    touch(tmp_path, f"public-api/{old}", new)
    found = dataset(tmp_path).load().files
    assert {path for paths in found.values() for path in paths} == {
        f"{tmp_path}/public-api/{old}",
        f"{tmp_path}/{new}",
    }


def test_an_ending_in_upper_case_counts(tmp_path):
    name = NAMES_IN_THE_ROOT["raw_ees_queries"].replace(".parquet", ".PARQUET")
    touch(tmp_path, name)
    assert list(dataset(tmp_path, "raw_ees_queries").load()) == [name]
    assert file_datetime(name) == dt.datetime(2026, 6, 1, 1, 2, 3, tzinfo=dt.UTC)


def test_files_of_no_table_are_named(full):
    touch(full, "20260601-010203-public-new-kind.parquet", "queries/20250601-010203-other.parquet")
    queries, zips = dataset(full, "raw_ees_queries").load(), dataset(full, "raw_ees_zip_downloads").load()
    new = str(full / "20260601-010203-public-new-kind.parquet")
    assert list(queries.unmatched) == [new, str(full / "queries/20250601-010203-other.parquet")]
    assert list(zips.unmatched) == [new]


def test_missing_folders_are_named_and_have_no_files(tmp_path):
    assert dataset(tmp_path / "none").load().locations == [f"{tmp_path}/none, a folder that does not exist"]
    folder = dataset(tmp_path).load()
    assert len(folder) == 0
    assert folder.locations == [
        f"{tmp_path}/public-api/publications (*, a folder that does not exist)",
        f"{tmp_path}/publications (*, a folder that does not exist)",
        f"{tmp_path} (*public-api-publications-calls*)",
    ]


def test_a_root_that_is_no_folder_is_an_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatasetError):
        dataset(tmp_path / "file").load()


def test_paths_are_full_and_a_volume_may_be_named_with_its_scheme(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = NAMES_IN_THE_ROOT["raw_ees_publications"]
    touch(tmp_path, f"logs/{name}")
    assert dataset("logs").load().files[name] == [str(tmp_path / "logs" / name)]
    assert dataset(f"dbfs:{tmp_path}/logs").load().files[name] == [str(tmp_path / "logs" / name)]


def test_a_name_in_both_places_is_one_file(tmp_path):
    name = NAMES_IN_THE_ROOT["raw_ees_publications"]
    touch(tmp_path, name, f"publications/{name}")
    folder = dataset(tmp_path).load()
    assert folder.files == {name: [str(tmp_path / "publications" / name), str(tmp_path / name)]}
    assert folder.different_sizes == []
    (tmp_path / name).write_bytes(b"longer")
    assert dataset(tmp_path).load().different_sizes == [name]


def test_a_table_without_definition_and_a_misspelt_key_are_refused():
    with pytest.raises(KeyError, match="globals_logs.yml"):
        dataset("x", "raw_ees_other")
    with pytest.raises(ModelInstantiationError, match="place: there is no such setting"):
        LogFilesDataset(table="t", tables={"t": {"places": ["*"], "place": "x"}}, path="x")
    for place in ("../x/*", "/x/*", "x*/y", ""):
        with pytest.raises(ModelInstantiationError, match=r"places\.0"):
            LogFilesDataset(table="t", tables={"t": {"places": [place]}}, path="x")


def test_nothing_is_written(tmp_path):
    with pytest.raises(DatasetError):
        dataset(tmp_path).save({})


@pytest.fixture
def rows() -> pa.Table:
    return pa.table(
        {
            "id": pa.array([UUID(int=7).bytes, None], pa.uuid()),
            "query": pa.array(['{"a": 1}', None], pa.json_()),
            "at": pa.array([dt.datetime(2026, 6, 1, 1, 2, 3, 456789), None], pa.timestamp("us")),
        }
    )


def test_reads_what_the_file_holds(tmp_path, rows):
    path = tmp_path / "f.parquet"
    pq.write_table(rows, path, store_schema=False)
    schema = str(pq.ParquetFile(path).schema)
    assert "(UUID)" in schema
    assert "(JSON)" in schema
    assert "isAdjustedToUTC=false" in schema
    storage = pa.schema([pa.field("id", pa.binary(16)), ("query", pa.string()), ("at", pa.timestamp("us"))])
    found = read(str(path))
    assert (found.schema, found.to_pydict()) == (
        storage,
        {**rows.to_pydict(), "id": [UUID(int=7).bytes, None]},
    )


def test_a_folder_named_like_a_partition_adds_no_column(tmp_path, rows):
    folder = tmp_path / "year=2026"
    folder.mkdir()
    pq.write_table(rows, folder / "f.parquet")
    assert read(str(folder / "f.parquet")).column_names == rows.column_names


@pytest.mark.parametrize("length", [0, 3, 4, 100, -1, -8, -100])
def test_a_cut_file_is_a_bad_file_whatever_is_left(tmp_path, rows, length):
    path = tmp_path / "f.parquet"
    pq.write_table(rows, path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(BadFile, match=r"f\.parquet cannot be read as parquet \([\d,]+ bytes\)"):
        read(str(path))


def test_text_that_is_no_text_is_a_bad_file(tmp_path):
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"type": ["GetSummary"]}), path, compression="none", store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"GetSummary", b"GetSum\xff\xffry"))
    with pytest.raises(BadFile):
        read(str(path))


def test_a_file_that_is_gone_by_now_is_a_bad_file(tmp_path):
    with pytest.raises(BadFile):
        read(str(tmp_path / "gone.parquet"))


NAMES = {
    "255 bytes": b"20260601-010203-" + b"x" * 231 + b".parquet",
    "not UTF-8": b"20260601-010203-\xff-public.parquet",
    "a line break": b"20260601-010203-a\nb.parquet",
    "an escape sequence": b"20260601-010203-\x1b[31m.parquet",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_that_cannot_be_stored_is_a_bad_file_under_a_name_of_its_own(tmp_path, rows, name):
    (tmp_path / "publications").mkdir()
    path = os.fsencode(tmp_path / "publications") + b"/" + name
    pq.write_table(rows, tmp_path / "f")
    Path(os.fsdecode(path)).write_bytes((tmp_path / "f").read_bytes())
    folder = dataset(tmp_path).load()
    (known,) = folder
    assert known.isprintable()
    assert len(known.encode()) <= 160
    assert file_datetime(known) == dt.datetime(2026, 6, 1, 1, 2, 3, tzinfo=dt.UTC)
    with pytest.raises(BadFile, match="Rename the file"):
        folder[known]()
    landing = LandingDataset(table="t", path=str(tmp_path / "landing"))
    for _ in range(2):
        landing.save({known: folder[known]})
    assert "Rename the file" in landing.load().reason(landing.load().quarantined[known])
    assert len(list((tmp_path / "landing").rglob("*.parquet"))) == 1


def test_names_that_were_taken_stay_as_they_are():
    for name in (
        *NAMES_IN_THE_ROOT.values(),
        "20260601-010203-" + "x" * 136 + ".parquet",
        "20260601-0102_é.parquet",
    ):
        assert slice_name(name) == name
    assert slice_name("a\nb.parquet") != slice_name("a\\nb.parquet")


@pytest.mark.timeout(20)
def test_what_is_not_a_file_is_a_bad_file_and_is_not_waited_for(tmp_path):
    (tmp_path / "publications").mkdir()
    os.mkfifo(tmp_path / "publications/20260601-010203-x.parquet")
    (tmp_path / "publications/20260602-010203-x.parquet").mkdir()
    folder = dataset(tmp_path).load()
    for read_file in folder.values():
        with pytest.raises(BadFile, match="it is not a file"):
            read_file()
    assert len(folder) == 2


def test_a_copy_that_cannot_be_read_is_named(tmp_path, rows):
    whole, broken = tmp_path / "a.parquet", tmp_path / "b.parquet"
    pq.write_table(rows, whole)
    broken.write_bytes(whole.read_bytes()[:50])
    with pytest.raises(BadFile, match="b.parquet cannot be read as parquet"):
        read(str(whole), str(broken))
    broken.unlink()
    with pytest.raises(BadFile, match="b.parquet cannot be read"):
        read(str(whole), str(broken))


def repeated(text: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array([text]))


BOMBS = {
    # A few kilobytes that decode to gigabytes: one text, a million times.
    "one text, repeated": (
        pa.table({"a": repeated("x" * 100_000, 100_000)}),
        "over 20,000,000 bytes, decoded",
    ),
    "unpacked": (pa.table({"a": ["x" * 30_000_000]}), "over 20,000,000 bytes, unpacked"),
    "rows": (pa.table({"a": pa.nulls(1_000_001, pa.int32())}), "over 1,000,000 rows"),
    "columns": (pa.table({f"c{number}": [1] for number in range(101)}), "over 100 columns"),
    "lists": (pa.table({"a": [["x"]]}), "nested columns: a"),
    "structs": (pa.table({"a": [{"b": "x"}]}), "nested columns: a"),
    "fixed lengths": (pa.table({"a": pa.array([b"x" * 17], pa.binary(17))}), "over 16 bytes: a"),
}


@pytest.mark.parametrize(("rows", "reason"), BOMBS.values(), ids=BOMBS)
def test_a_file_that_unpacks_to_more_than_the_limits_is_a_bad_file(tmp_path, rows, reason):
    path = tmp_path / "f.parquet"
    pq.write_table(rows, path, store_schema=False, compression="zstd", use_dictionary=True)
    assert path.stat().st_size < 200_000
    before = pa.total_allocated_bytes()
    with pytest.raises(BadFile, match=rf"f\.parquet has .*{reason}"):
        read(str(path), max_bytes=20_000_000)
    assert pa.total_allocated_bytes() - before < 10_000_000


def test_the_limits_are_in_conf(tmp_path, rows):
    name = NAMES_IN_THE_ROOT["raw_ees_publications"]
    pq.write_table(rows, tmp_path / name)
    folder = dataset(tmp_path, limits={"max_rows": 1}).load()
    with pytest.raises(BadFile, match=r"over 1 rows \(max_rows in conf/base/globals_logs.yml\)"):
        folder[name]()
    with pytest.raises(ModelInstantiationError, match="max_row: there is no such setting"):
        dataset(tmp_path, limits={"max_row": 1})
