"""The exported files have the columns and types of the dashboard's own test data."""

import datetime as dt
from functools import partial

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ees_analytics.contracts import contract_for, dashboard_tables
from ees_analytics.contracts.validator import check
from ees_analytics.lake.parquet_file import AtomicParquetDataset
from ees_analytics.parameters.ingest import IngestRange
from ees_analytics.pipelines.export import create_pipeline, export_last_updated, exporter
from tests.conftest import CASES

FILES = sorted((CASES / "dashboard").glob("*.parquet"))
ALL = IngestRange(run_date=dt.date(2026, 6, 30))
DROPPED = {"userEngagementDuration"}
"""The test data's publication_time_on_page was split by this column."""


def _types(schema: pa.Schema) -> list[tuple[str, pa.DataType]]:
    return [(field.name, field.type) for field in schema]


def _dashboard_types(schema: pa.Schema) -> list[tuple[str, pa.DataType]]:
    """Columns and types of the test data; its two search console tables hold their counts as integers."""
    return [
        (name, pa.float64() if pa.types.is_integer(kind) else kind)
        for name, kind in _types(schema)
        if name not in DROPPED
    ]


def _saved(path, rows) -> pa.Schema:
    AtomicParquetDataset(filepath=str(path), save_args={"index": False}).save(rows)
    return pq.read_schema(path)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_file_has_the_dashboards_columns_and_types(tmp_path, file):
    """Without rows: types must not be guessed from values."""
    contract = contract_for(f"app.{file.stem}")
    export = (
        export_last_updated
        if file.stem == "ees__last_updated"
        else partial(exporter(contract), ingest_range=ALL)
    )

    schema = _saved(tmp_path / file.name, export(contract.empty()))

    assert _types(schema) == _dashboard_types(pq.read_schema(file))


def test_every_table_of_the_dashboard_is_exported():
    exported = {step.outputs[0] for step in create_pipeline().nodes}

    assert exported == {f"export.{table}" for table in [*dashboard_tables(), "ees__last_updated"]}


def test_big_integers_become_doubles(tmp_path):
    contract = contract_for("app.ees_api_daily_queries")
    row = dict.fromkeys(contract.column_names, 3) | {"date": dt.date(2024, 7, 1)}

    path = tmp_path / "counts.parquet"
    _saved(path, exporter(contract)(pa.Table.from_pylist([row], schema=contract.arrow_schema), ALL))

    table = pq.read_table(path)
    assert set(table.schema.types[1:]) == {pa.float64()}
    assert table["date"].to_pylist() == [dt.date(2024, 7, 1)]
    assert table["GetChanges"].to_pylist() == [3.0]


def test_empty_text_is_not_null(tmp_path):
    contract = contract_for("app.ees_search_console_queries")
    rows = pa.table({"metric": ["clicks"], "query": [""], "publication": ["Service"], "count": [0.0]})

    _saved(tmp_path / "q.parquet", exporter(contract)(rows, ALL))

    assert pq.read_table(tmp_path / "q.parquet").to_pylist() == [
        {"query": "", "count": 0.0, "publication": "Service", "metric": "clicks"}
    ]


def test_last_updated_reads_as_in_the_dashboards_file():
    contract = contract_for("app.ees__last_updated")
    moment = dt.datetime(2024, 8, 8, 19, 17, 42, 666_999, tzinfo=dt.UTC)
    row = {"last_updated": moment, "latest_data": dt.date(2024, 8, 8)}

    rows = export_last_updated(pa.Table.from_pylist([row], schema=contract.arrow_schema))

    (theirs,) = pq.read_table(CASES / "dashboard" / "ees__last_updated.parquet").to_pylist()
    assert rows.to_dict("records") == [theirs]


def test_spark_frames_are_exported(spark):
    contract = contract_for("app.ees__last_updated")
    moment = dt.datetime(2024, 8, 8, 19, 17, 42, tzinfo=dt.UTC)
    frame = spark.createDataFrame(
        [(moment, dt.date(2024, 8, 8))], "last_updated timestamp, latest_data date"
    ).select(*contract.column_names)

    assert export_last_updated(frame)["last_updated"].to_list() == ["2024-08-08 19:17:42.000"]


def test_only_the_days_of_the_command(tmp_path):
    contract = contract_for("app.ees_search_console_timeseries")
    days = [dt.date(2026, 6, day) for day in range(1, 11)]
    rows = pa.table({"date": days, "clicks": [1.0] * 10, "impressions": [2.0] * 10})
    some = IngestRange(**{"run_date": "2026-06-30", "from": "2026-06-03", "to": "2026-06-05"})

    _saved(tmp_path / "t.parquet", exporter(contract)(rows, some))

    assert pq.read_table(tmp_path / "t.parquet")["date"].to_pylist() == days[2:5]


def test_queries_are_in_the_order_that_the_dashboard_shows():
    contract = contract_for("app.ees_search_console_queries")
    ordered = [
        ("\uff5e", 9.0, "Absence", "clicks"),
        ("\U0001f600", 9.0, "Absence", "clicks"),
        ("a", 2.0, "Absence", "clicks"),
        ("a", 7.0, "Absence", "impressions"),
        ("a", 1.0, "Service", "clicks"),
    ]
    rows = pa.Table.from_pylist([dict(zip(contract.column_names, row, strict=True)) for row in ordered[::-1]])

    assert list(exporter(contract)(rows, ALL).itertuples(index=False, name=None)) == ordered
    assert [tuple(row.values()) for row in check(rows, contract).to_pylist()] == ordered


def test_a_save_that_stops_leaves_the_old_file(tmp_path, monkeypatch):
    """As kill -9 in the middle: part of the new file is there."""
    contract = contract_for("app.ees_avg_readtime")
    rows = exporter(contract)(contract.empty(), ALL)
    file = tmp_path / "exports" / "t.parquet"
    _saved(file, rows)
    before = file.read_bytes()

    def stopped(self, path, **_):
        path.write_bytes(b"PAR1")
        raise KeyboardInterrupt

    monkeypatch.setattr(pd.DataFrame, "to_parquet", stopped)
    with pytest.raises(KeyboardInterrupt):
        AtomicParquetDataset(filepath=str(file)).save(rows)
    assert file.read_bytes() == before
