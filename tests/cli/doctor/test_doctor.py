"""The doctor reports whether an environment can run, and prints no secret."""

from __future__ import annotations

import datetime as dt
import json
import logging
import subprocess
import sys

import pyarrow as pa
import pytest
from click.testing import CliRunner
from deltalake import DeltaTable
from kedro.io import DataCatalog, MemoryDataset

from ees_analytics.cli import cli
from ees_analytics.cli.doctor import _table, machine, sources
from ees_analytics.cli.doctor.finding import Finding, Level, attempt, bad, good, merged
from ees_analytics.contracts import contract_for
from ees_analytics.contracts.casting import conform_where_possible
from ees_analytics.contracts.contract import SliceBatch
from ees_analytics.contracts.digest import digest
from ees_analytics.lake.storage import DamagedTable
from ees_analytics.lake.table import TableDataset
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.ledger_dataset import LedgerDataset
from ees_analytics.slices.state import TableState
from ees_analytics.slices.state_dataset import TableStateDataset
from ees_analytics.sources.ga4.dataset import Ga4ReportDataset
from ees_analytics.sources.log_files.dataset import LogFilesDataset
from ees_analytics.sources.website.dataset import RecordedWebsiteDataset
from tests.conftest import PROJECT, project
from tests.servers.ga4 import Ga4Server
from tests.servers.ga4_faults import PERMISSION

NAME = "source.ees_ga4_service_summary"
REPORTS = {"ees_ga4_service_summary": {"dimensions": {"date": "date"}, "metrics": {"sessions": "sessions"}}}
RUN_DATE = dt.date(2026, 6, 30)


@pytest.fixture(autouse=True)
def loggers_as_they_were():
    level = logging.getLogger("ees_analytics").level
    yield
    logging.getLogger("ees_analytics").setLevel(level)


def summary(endpoint: str | None, **settings) -> DataCatalog:
    dataset = Ga4ReportDataset(
        table="ees_ga4_service_summary", reports=REPORTS, property_id="369420610", endpoint=endpoint,
        backoff_seconds=0.01, **settings,
    )  # fmt: skip
    return DataCatalog({NAME: dataset})


@pytest.fixture
def server():
    rows = {"2026-06-26": [("20260626", "7")]}
    with Ga4Server.of_rows(("date",), ("sessions",), rows) as server:
        yield server


def run(*arguments: str):
    metadata = project()
    return CliRunner().invoke(cli, ["doctor", *arguments], obj=metadata)


def test_the_sample_can_run_without_java_and_credentials(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    result = run("--params", f"lake_root={tmp_path}/lake,landing_root={tmp_path}/landing")
    assert result.exit_code == 0, result.output
    assert "· Java: not found" in result.output
    assert "· Google credentials: none" in result.output
    assert "✓ source.website:" in result.output
    assert (
        "· app.ees__last_updated, app.ees_annotations, app.ees_api_daily_queries and 33 more: not created yet"
        in result.output
    )
    assert "This environment can run." in result.output


def test_adjacent_findings_of_the_same_text_are_one_line():
    found = [bad(f"source.{name}", "no files in logs") for name in "abcd"] + [good("x", "y"), bad("z", "w")]
    assert [str(line) for line in merged(found)] == [
        "✗ source.a, source.b, source.c and 1 more: no files in logs",
        "✓ x: y",
        "✗ z: w",
    ]


def test_production_needs_a_session(monkeypatch):
    for name in ("DATABRICKS_RUNTIME_VERSION", "PYSPARK_GATEWAY_PORT", "SPARK_CONNECT_MODE_ENABLED"):
        monkeypatch.delenv(name, raising=False)
    code = """if True:
        from pathlib import Path
        from kedro.framework.startup import bootstrap_project
        from ees_analytics.cli.doctor import examine
        bootstrap_project(Path.cwd())
        print(next(found for found in examine(Path.cwd(), "databricks", {}) if "Engine" in found.subject))
        """
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=110
    )
    assert done.stdout.startswith("✗ Engine session: There is no Spark session here."), done.stderr
    assert "engine=connect" in done.stdout


def test_a_mistake_in_the_parameters_is_one_line(tmp_path):
    result = run("--params", "run_date=yesterday")
    assert result.exit_code == 1
    assert "✗ Configuration:" in result.output


def test_java_is_needed_by_jvm_spark_only(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert machine.java(needed=True).level is Level.BAD
    assert machine.java(needed=False).level is Level.NOTE


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    assert machine.folder("Lake", str(tmp_path / "file" / "lake")).level is Level.BAD


def test_a_folder_on_a_volume_is_checked_on_databricks_only(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "_VOLUMES", tmp_path)
    folder = tmp_path / "catalog" / "schema" / "volume"
    monkeypatch.delenv("DATABRICKS_RUNTIME_VERSION", raising=False)
    assert machine.folder("Landing zone", str(folder / "landing")).level is Level.NOTE
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "17.3")
    assert "there is no Volume" in machine.folder("Landing zone", str(folder / "landing")).text
    folder.mkdir(parents=True)
    assert machine.folder("Landing zone", str(folder / "landing")).level is Level.GOOD


def test_a_source_that_responds(server):
    found = sources.source(summary(server.rest), NAME, RUN_DATE)
    assert str(found) == f"✓ {NAME}: responds for 2026-06-26"


def test_a_source_that_refuses(server):
    server.inject(PERMISSION)
    found = sources.source(summary(server.rest), NAME, RUN_DATE)
    assert found.level is Level.BAD
    assert "permission" in found.text.lower()


def test_a_website_that_is_not_recorded(tmp_path):
    catalog = DataCatalog({"source.website": RecordedWebsiteDataset(path=str(tmp_path / "none"))})
    found = sources.source(catalog, "source.website", RUN_DATE)
    assert found.level is Level.BAD
    assert "website_root" in found.text


def test_log_files_that_are_not_there(tmp_path):
    table = "raw_ees_csv_downloads"
    files = LogFilesDataset(
        table=table, tables={table: {"places": ["*public-csv-downloads*"]}}, path=str(tmp_path / "logs")
    )
    state = MemoryDataset(TableState(table, exists=True, slices={"a.parquet": 1}))
    catalog = DataCatalog({f"source.{table}": files, f"state.{table}": state})
    found = sources.source(catalog, f"source.{table}", RUN_DATE)
    assert found.level is Level.BAD, "also where the table has earlier files"
    assert "api_logs_root" in found.text
    unused = {table: {"places": ["*public-csv-downloads*"], "not_used": True}}
    files = LogFilesDataset(table=table, tables=unused, path=str(tmp_path / "logs"))
    found = sources.source(DataCatalog({f"source.{table}": files}), f"source.{table}", RUN_DATE)
    assert found.level is Level.GOOD


def test_only_google_itself_needs_credentials(server, tmp_path, monkeypatch):
    assert not sources.needs_google(summary(server.rest), [NAME])
    assert sources.needs_google(summary(None), [NAME])
    key = tmp_path / "key.json"
    key.write_text(json.dumps({"private_key": "TOPSECRET", "client_email": "a@b"}))
    found = sources.credentials(True, str(key))
    assert found.level is Level.BAD
    assert "TOPSECRET" not in str(found)


@pytest.mark.parametrize(
    "text",
    [
        "got -----BEGIN PRIVATE KEY-----\nTOPSECRET\n-----END PRIVATE KEY-----",
        "Authorization: Bearer TOPSECRET",
        '{"refresh_token": "TOPSECRET"}',
        "https://me:TOPSECRET@host/x",
        "client_secret=TOPSECRET, and more",
        "ya29.TOPSECRET",
    ],
)
def test_no_secret_is_printed(text):
    line = str(Finding(Level.BAD, "x", text))
    assert "TOPSECRET" not in line
    assert "\n" not in line


def test_without_an_engine_a_folder_without_logs_is_reported(tmp_path):
    table = "raw_ees_csv_downloads"
    files = LogFilesDataset(
        table=table, tables={table: {"places": ["*public-csv-downloads*"]}}, path=str(tmp_path / "logs")
    )
    catalog = DataCatalog({f"source.{table}": files})
    found = sources.source(catalog, f"source.{table}", RUN_DATE)
    assert found.level is Level.BAD
    assert "api_logs_root" in found.text


def test_missing_credentials_are_reported_once(monkeypatch, tmp_path):
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setattr(sources, "source", lambda catalog, name, *_: Finding(Level.NOTE, name, "not asked"))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    result = run("--env", "live", "--params", f"lake_root={tmp_path}/lake")
    assert result.exit_code == 1
    assert result.output.count("No Google credentials were found") == 1
    assert "✗ Google Analytics, Search Console: not checked" in result.output
    marks = [line[0] for line in result.stdout.splitlines() if line[0] in "✓·✗"]
    assert marks == sorted(marks, key="✗".__eq__), "faults come last"


@pytest.mark.parametrize(
    ("name", "sessions", "level"),
    [
        ("raw.ees_ga4_hourly", pa.float64(), Level.GOOD),
        ("raw.ees_ga4_hourly", pa.int32(), Level.BAD),
        ("raw.ees_ua_page", pa.int32(), Level.NOTE),
    ],
)
def test_types_are_compared_as_names_are(tmp_path, name, sessions, level):
    contract = contract_for(name)
    types = {column.name: column.type.arrow for column in contract.columns} | {"sessions": sessions}
    DeltaTable.create(tmp_path / "analytics_raw" / contract.name, schema=pa.schema(types.items()))
    catalog = DataCatalog({name: TableDataset(table=name, engine="sail", lake_root=str(tmp_path))})
    found = attempt(name, _table, name, contract, catalog, True, False)
    assert found.level is level, found
    if level is not Level.GOOD:
        assert "sessions is INT in the table and DOUBLE in the contract" in found.text


def test_every_flipped_byte_that_changes_rows_is_found_by_reading_deep(tmp_path):
    table, lake = "ees_ga4_hourly", {"engine": "sail", "lake_root": str(tmp_path)}
    contract, name = contract_for(f"raw.{table}"), f"raw.{table}"
    columns = [
        [dt.date(2026, 6, 1)] * 24,
        [float(hour) for hour in range(24)],
        [float(hour % 7) for hour in range(24)],
    ]
    rows = pa.table(columns, schema=contract.arrow_schema.remove_metadata())
    written = digest(rows)
    dataset = TableDataset(table=name, mode="replace-slice", **lake)
    dataset.save(SliceBatch(rows, ["2026-06-01"]))
    entry = LedgerEntry(
        table,
        "2026-06-01",
        SliceState.COMMITTED,
        rows=24,
        digest=written,
        run_id="r",
        recorded_at=dt.datetime.now(dt.UTC),
    )
    LedgerDataset(table=table, **lake).save([entry])
    catalog = DataCatalog({name: dataset, f"state.{table}": TableStateDataset(table=table, **lake)})
    assert attempt(name, _table, name, contract, catalog, True, None).level is Level.GOOD
    (file,) = [path for path in (tmp_path / "analytics_raw" / table).glob("*.parquet") if path.stat().st_size]
    whole, found = file.read_bytes(), 0
    for position in range(0, len(whole), 41):
        file.write_bytes(whole[:position] + bytes([whole[position] ^ 4]) + whole[position + 1 :])
        finding = attempt(name, _table, name, contract, catalog, True, True)
        try:
            harmless = digest(conform_where_possible(dataset.storage.rows(), contract)) == written
        except DamagedTable:
            harmless = False
        assert harmless or finding.level is Level.BAD, position
        assert finding.level is Level.GOOD or table in finding.text
        found += finding.level is Level.BAD
    assert found > 5
    file.write_bytes(whole)
    commit = max((tmp_path / "analytics_raw/ees_ingest_ledger/_delta_log").glob("*.json"))
    commit.write_bytes(commit.read_bytes()[:-40])
    healthy = attempt(name, _table, name, contract, catalog, True, True)
    assert healthy.level is Level.GOOD, "the torn ledger is its own finding"


@pytest.mark.parametrize("table", ["app.ees_avg_readtime", "raw.ees_pub_scrape"])
def test_a_table_that_is_written_whole_is_compared_with_its_last_commit(tmp_path, table):
    contract = contract_for(table)
    dataset = TableDataset(table=table, engine="sail", lake_root=str(tmp_path))
    rows = {"slug": "a", "title": "A", "avg_read_time": 2.0}
    dataset.save(pa.table({name: [rows[name]] for name in contract.column_names}))
    catalog = DataCatalog({table: dataset})
    assert attempt(table, _table, table, contract, catalog, True, None).level is Level.GOOD
    doubled, recorded = pa.concat_tables([dataset.storage.rows()] * 2), dataset.storage.last_change()
    dataset.storage.replace(doubled, None, (), recorded.commit_metadata)
    finding = attempt(table, _table, table, contract, catalog, True, True)
    assert "its rows are not those that were written" in finding.text
    assert attempt(table, _table, table, contract, catalog, True, False).level is Level.GOOD
