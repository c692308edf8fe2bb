"""A lake, landing zone, ledger and backup of release 0.1.0 work with this one, and its files keep the same form.

``release-0.1.0.tar.xz`` holds two runs (2026-06-27 and the day after) of three tables over the sample, with a log file
that was set aside, and a backup; it was written by that release in ``/srv/ees-analytics``.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from ees_analytics.contracts.digest import digest
from ees_analytics.slices.ledger import SliceState
from tests.end_to_end.project_run import run, versions

TABLES = ("ees_ga4_hourly", "raw_ees_zip_downloads", "ees_pub_scrape")
OWN_ROW = "analytics_raw/ees_pipeline_runs"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The folders that release 0.1.0 left."""
    shutil.unpack_archive(Path(__file__).with_name("release-0.1.0.tar.xz"), tmp_path)
    return tmp_path


def run_tables(
    root: Path, pipeline: str, tables: tuple[str, ...] = TABLES, run_date: str = "2026-06-28"
) -> None:
    """One pipeline of the tables that the folders have."""
    params = {"api_logs_root": f"{root}/logs", "first_day": "2026-06-24", "run_date": run_date}
    namespaces = ",".join(f"{pipeline}.{table}" for table in tables)
    what = ("--pipelines", pipeline, "--namespaces", namespaces)
    run(*what, root=root, backup_root=f"{root}/backup", **params)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}


def digests(root: Path) -> dict[str, str]:
    raw = root / "lake" / "analytics_raw"
    return {table: digest(DeltaTable(raw / table).to_pyarrow_table()) for table in TABLES}


def test_a_run_with_nothing_new_writes_nothing(old):
    before, landed = versions(old), files(old / "landing")
    run_tables(old, "ingest")
    changed = {name for name, version in versions(old).items() if before.get(name) != version}
    assert changed <= {OWN_ROW, "analytics_raw/ees_pub_pages"}, "this release's new table"
    assert files(old / "landing") == landed


def test_the_next_day_is_added_to_it(old):
    hourly = old / "lake/analytics_raw/ees_ga4_hourly"
    before = DeltaTable(hourly).to_pyarrow_table()
    run_tables(old, "ingest", ("ees_ga4_hourly",), run_date="2026-06-29")
    after = DeltaTable(hourly).to_pyarrow_table()
    assert sorted(map(str, after["date"].unique().to_pylist())) == [
        f"2026-06-{day}" for day in (24, 25, 26, 27)
    ]
    assert digest(after.filter(pc.is_in(after["date"], before["date"].unique()))) == digest(before)


def test_its_backup_is_complete_and_can_be_restored(old):
    copies, rows = files(old / "backup"), digests(old)
    run_tables(old, "backup")
    assert files(old / "backup") == copies
    (old / "lake").rename(old / "lost")
    run_tables(old, "restore")
    assert digests(old) == rows


def test_what_this_release_writes_has_the_same_form(old, tmp_path):
    """All but the digests, which have the name of their algorithm now (the former release counts such files as absent),
    the interval of checkpoints, and the empty first version, which tables no longer have.
    """
    new = tmp_path / "new"
    new.mkdir()
    (old / "logs").rename(new / "logs")
    (new / "logs" / "20260626-170202_public-zip-downloads.parquet").write_bytes(b"not parquet")
    for day in ("2026-06-27", "2026-06-28"):
        run_tables(new, "ingest", run_date=day)
    run_tables(new, "backup", (*TABLES, "ees_ingest_ledger"))
    for folder in ("landing", "backup"):
        assert file_forms(new / folder) == file_forms(old / folder)
    for table in (*TABLES, "ees_ingest_ledger"):
        assert table_form(new, table) == table_form(old, table), table


def file_forms(folder: Path) -> set[tuple[str, ...]]:
    """Landed and backed up files, without times and digests, and the keys of their metadata."""
    variable = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}[.\d]*Z|\d{8}T\d{12}Z|sha256-[0-9a-f]{40}|[0-9a-f]{32}")
    return {
        (
            variable.sub("", path.relative_to(folder).as_posix()),
            *sorted(json.loads(pq.read_schema(path).metadata[b"ees"])),
        )
        for path in folder.rglob("*.parquet")
    }


def table_form(root: Path, table: str) -> tuple:
    """A table's columns (descriptions may change), its properties, and the keys of its commits' metadata."""
    delta = DeltaTable(root / "lake" / "analytics_raw" / table)
    commits = [commit for commit in delta.history() if commit["operation"] != "CREATE TABLE"]
    keys = {tuple(sorted(json.loads(commit.get("userMetadata", "{}")))) for commit in commits}
    states = {}
    if table == "ees_ingest_ledger":
        states = set(delta.to_pyarrow_table()["state"].to_pylist())
    columns = [(field.name, str(field.type), field.nullable) for field in delta.schema().fields]
    properties = delta.metadata().configuration
    assert properties.pop("delta.checkpointInterval", "10") == "10"
    return columns, properties, keys, states


def test_the_states_of_the_ledger_keep_their_spelling():
    assert {str(state) for state in SliceState} == {"landed", "committed", "empty", "set aside", "restated"}
