"""A log file's rows in the table's types, and which files are refused."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.contracts import contract_for
from ees_analytics.slices.errors import BadFile
from ees_analytics.sources.log_files.rows import schema_faults, table_rows

ACCESS = contract_for("raw.raw_ees_query_access")
WRITTEN = dt.datetime(2026, 6, 1, 23, 59, 59, tzinfo=dt.UTC)
BEGAN = dt.datetime(2026, 6, 1, 1, 2, 3, 456789)
ID = UUID("5E18FCA4-49A9-4780-86AF-56AB34A6CE00")


def accesses(**changed: pa.Array | None) -> pa.Table:
    columns = {
        "queryVersionHash": pa.array(["h", None]),
        "dataSetVersionId": pa.array([ID.bytes, None], pa.uuid()),
        "startTime": pa.array([BEGAN, None], pa.timestamp("us")),
        "endTime": pa.array([BEGAN, None], pa.timestamp("us")),
        "durationMillis": pa.array([12, None], pa.int32()),
        **changed,
    }
    return pa.table({name: array for name, array in columns.items() if array is not None})


def convert(rows: pa.Table) -> pa.Table:
    return table_rows(rows, "/logs/f.parquet", WRITTEN, ACCESS)


def test_types_of_the_file_become_types_of_the_table():
    first, second = convert(accesses()).to_pylist()
    assert first["dataSetVersionId"] == "5e18fca4-49a9-4780-86af-56ab34a6ce00"
    assert first["startTime"] == BEGAN.replace(tzinfo=dt.UTC)
    assert (first["durationMillis"], first["queryVersionHash"]) == (12, "h")
    assert (first["_source_file"], first["_file_datetime"]) == ("/logs/f.parquet", WRITTEN)
    assert first["_file_date"] == dt.date(2026, 6, 1)
    assert {name: value for name, value in second.items() if not name.startswith("_")} == dict.fromkeys(
        column.name for column in ACCESS.file_columns
    )


@given(st.lists(st.one_of(st.none(), st.uuids()), min_size=1, max_size=20))
def test_every_uuid_is_its_text(ids):
    count = len(ids)
    rows = pa.table(
        {
            "queryVersionHash": pa.nulls(count, pa.string()),
            "dataSetVersionId": pa.array([each and each.bytes for each in ids], pa.uuid()),
            "startTime": pa.nulls(count, pa.timestamp("us")),
            "endTime": pa.nulls(count, pa.timestamp("us")),
            "durationMillis": pa.nulls(count, pa.int32()),
        }
    )
    assert convert(rows)["dataSetVersionId"].to_pylist() == [each and str(each) for each in ids]


def test_a_pyarrow_that_does_not_know_the_types_gives_the_same_rows():
    plain = accesses(dataSetVersionId=pa.array([ID.bytes, None], pa.binary(16)))
    assert convert(plain).equals(convert(accesses()))


def test_json_is_text_as_it_is():
    text = '{"b": [1, 2.50], "a": "ü"}'
    contract = contract_for("raw.raw_ees_top_level")
    for kind in (pa.json_(), pa.string(), pa.large_string()):
        rows = pa.table(
            {
                "parameters": pa.array([text], kind),
                "startTime": pa.array([BEGAN], pa.timestamp("us")),
                "type": ["GetPublications"],
            }
        )
        converted = table_rows(rows, "/f", WRITTEN, contract)
        assert converted["parameters"].to_pylist() == [text]


def test_rows_in_several_chunks_and_another_column_order_are_the_same():
    rows = accesses()
    pieces = pa.concat_tables([rows.slice(0, 1), rows.slice(1)])
    assert convert(pieces.select(reversed(rows.column_names))).equals(convert(rows))


def test_later_columns_are_taken_where_they_are_and_null_where_not():
    rows = accesses(
        previewTokenLabel=pa.array(["QA", None]),
        requestedDataSetVersion=pa.array(["1.*", None]),
        previewTokenDataSetVersionId=pa.array([ID.bytes, None], pa.uuid()),
    )
    first = convert(rows).to_pylist()[0]
    assert (first["previewTokenLabel"], first["requestedDataSetVersion"]) == ("QA", "1.*")
    assert first["previewTokenDataSetVersionId"] == str(ID)
    assert first["previewTokenExpiry"] is None


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("durationMillis", pa.array([1, 2]), "durationMillis is int64 instead of INTEGER"),
        ("durationMillis", pa.array(["1", "2"]), "durationMillis is string instead of INTEGER"),
        ("durationMillis", pa.array([True, False]), "durationMillis is bool instead of INTEGER"),
        ("durationMillis", pa.array([Decimal(1), Decimal(2)]), "instead of INTEGER"),
        ("dataSetVersionId", pa.array([str(ID)] * 2), "dataSetVersionId is string instead of UUID"),
        ("dataSetVersionId", pa.array([b"x"] * 2), "dataSetVersionId is binary instead of UUID"),
        ("startTime", pa.array([dt.date(2026, 6, 1)] * 2), "startTime is date32[day] instead of TIMESTAMP"),
        ("startTime", pa.array([BEGAN] * 2, pa.timestamp("us", "UTC")), "instead of TIMESTAMP"),
        ("queryVersionHash", pa.array(["{}"] * 2, pa.json_()), "instead of VARCHAR"),
        ("queryVersionHash", pa.array([b"a"] * 2), "queryVersionHash is binary instead of VARCHAR"),
        ("previewTokenLabel", pa.array([1, 2]), "previewTokenLabel is int64 instead of VARCHAR"),
        ("endTime", None, "missing: endTime"),
        ("endtime", pa.array([1, 2]), "unknown: endtime"),
        ("_source_file", pa.array(["a", "b"]), "unknown: _source_file"),
    ],
)
def test_other_columns_are_named(column, values, message):
    with pytest.raises(BadFile) as refused:
        convert(accesses(**{column: values}))
    assert message in str(refused.value)
    assert "/logs/f.parquet" in str(refused.value)


def test_a_repeated_column_is_named():
    rows = accesses()
    twice = rows.append_column("endTime", rows["endTime"])
    with pytest.raises(BadFile, match="repeated: endTime"):
        convert(twice)


def test_all_faults_are_named_together():
    faults = schema_faults(pa.schema({"x": pa.string(), "startTime": pa.int64()}), ACCESS.file_columns)
    assert faults == [
        "missing: dataSetVersionId, durationMillis, endTime, queryVersionHash",
        "unknown: x",
        "startTime is int64 instead of TIMESTAMP",
    ]


def test_a_finer_moment_than_the_table_holds_is_refused_not_cut():
    nanoseconds = pa.array([1, 2_000], pa.timestamp("ns"))
    with pytest.raises(BadFile, match="without loss"):
        convert(accesses(endTime=nanoseconds))


def test_no_rows_are_no_file():
    with pytest.raises(BadFile, match="has no rows"):
        convert(accesses().slice(0, 0))


def zips(**changed: pa.Array | None) -> pa.Table:
    texts = ("zipDownloadHash", "publicationName", "releaseName", "releaseLabel", "dataSetTitle", "fromPage")
    columns = {
        **{name: pa.array([name]) for name in texts},
        **dict.fromkeys(("releaseVersionId", "subjectId"), pa.array([ID.bytes], pa.uuid())),
        "downloads": pa.array([3], pa.int32()),
        **changed,
    }
    return pa.table({name: array for name, array in columns.items() if array is not None})


EARLY_ZIPS = {
    "2025-04-27": zips(fromPage=None, dataSetTitle=None, dataSetName=pa.array(["dataSetTitle"])),
    "2025-05-07": zips(fromPage=None),
}


@pytest.mark.parametrize("last_day", EARLY_ZIPS)
def test_early_zip_files_are_taken_and_later_ones_of_that_form_are_not(last_day):
    """Zip files before 2025-05-08 lack fromPage, those before 2025-04-28 have dataSetName for dataSetTitle."""
    contract, rows = contract_for("raw.raw_ees_zip_downloads"), EARLY_ZIPS[last_day]
    written = dt.datetime.fromisoformat(f"{last_day}T23:59:59+00:00")
    early = table_rows(rows, "/logs/f.parquet", written, contract).to_pylist()[0]
    assert (early["dataSetTitle"], early["fromPage"], early["downloads"]) == ("dataSetTitle", None, 3)
    with pytest.raises(BadFile, match="missing: (dataSetTitle|fromPage)"):
        table_rows(rows, "/logs/f.parquet", written + dt.timedelta(days=1), contract)


def test_a_zip_file_with_both_names_of_a_column_is_refused():
    rows, written = zips(dataSetName=pa.array(["x"])), dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
    with pytest.raises(BadFile, match="unknown: dataSetName"):
        table_rows(rows, "/logs/f.parquet", written, contract_for("raw.raw_ees_zip_downloads"))
