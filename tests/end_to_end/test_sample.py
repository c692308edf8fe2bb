"""``kedro run`` on the recorded sample, as the README shows it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.digest import digest
from tests.end_to_end.project_run import (
    OFFLINE,
    copy_of_first_run,
    output_of,
    rows,
    run,
    start,
    tables,
    versions,
)

GA4 = "analytics_raw/ees_ga4_events"
READING_TIMES = "analytics_app/ees_avg_readtime"
REPORTS_OF_RUNS = "analytics_raw/ees_pipeline_runs"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A lake after the first run, and what that run printed."""
    root = tmp_path_factory.mktemp("sample")
    return root, copy_of_first_run(root, tmp_path_factory)


def test_the_first_run_builds_every_table(sample):
    root, output = sample
    written = {name for name, _ in tables(root)}
    wanted = {f"{c.schema}/{c.name}" for c in all_contracts().values() if not c.frozen}
    assert wanted <= written
    assert "Traceback" not in output
    assert "Warning" not in output


def test_events_and_pages_that_no_table_counts_are_named(sample):
    root, output = sample
    assert "no table counts Feedback Survey Link Clicked" in output
    assert "fell silent: Download All Data Button Clicked" in output
    found = {row["eventName"]: row["state"] for row in rows(root, "analytics_app/ees_event_names")}
    assert {name for name, state in found.items() if state == "unknown"} == {
        "Feedback Survey Link Clicked",
        "(other)",
    }
    counted = {"Release Page All Files, Release…", "Release Page Data Set File Download"}
    assert {found[name] for name in counted} == {"counted"}
    assert "/data-tables" in {row["section"] for row in rows(root, "analytics_app/ees_catch_all_paths")}


def test_each_table_is_measured_by_day_and_what_stands_out_is_named(sample):
    root, output = sample
    measured = rows(root, "analytics_app/ees_daily_measures")
    events = [row["eventCount"] for row in rows(root, "analytics_raw/ees_ga4_events")]
    found = [
        row["value"]
        for row in measured
        if (row["table_name"], row["measure"]) == ("ees_ga4_events", "events")
    ]
    assert sum(found) == sum(events)
    assert {row["source"] for row in measured if row["table_name"] == "ees_api_daily_queries"} == {
        "Public API logs"
    }
    assert "Accordion openings of Google Analytics 4 on Sunday 28 June 2026: 56, usually 18" in output


def test_it_opens_no_connection_to_another_machine(sample):
    """Every connection but loopback is refused in the run of this lake."""
    _, output = sample

    assert "CONNECTS TO" not in output
    assert "LOOKS UP" not in output


@pytest.mark.parametrize(
    ("call", "report"),
    [
        ("socket.create_connection(('127.1.1.1', 443))", "LOOKS UP 127.1.1.1"),
        ("socket.socket().connect(('127.1.1.1', 443))", "CONNECTS TO 127.1.1.1"),
    ],
)
def test_that_refusal_is_seen(call, report):
    process = subprocess.run(
        [sys.executable, "-c", OFFLINE + call], capture_output=True, text=True, timeout=60
    )

    assert process.returncode != 0
    assert report in process.stderr


def test_the_dashboard_is_told_of_complete_data(sample):
    root, _ = sample
    (row,) = rows(root, "analytics_app/ees__last_updated")
    assert row["latest_data"] == dt.date(2026, 6, 28)


def test_a_second_run_writes_nothing(sample):
    root, _ = sample
    before = versions(root)
    output = run(root=root)
    after = versions(root)
    assert {name for name in after if after[name] != before.get(name)} <= {REPORTS_OF_RUNS}
    assert "up to date" in output


def test_reading_times_stay_until_pages_are_ingested(tmp_path, caplog):
    """A lake of an earlier release has no ``raw.ees_pub_pages``: with and without reading times."""
    publications = pa.table({"slug": ["a"], "title": ["A"]})
    write_deltalake(tmp_path / "lake/analytics_raw/ees_pub_scrape", publications)
    step = ("--pipelines", "app_tables", "--to-outputs", "app.ees_avg_readtime")
    run(*step, root=tmp_path)
    assert "kedro run --pipelines ingest_website" in caplog.text
    assert rows(tmp_path, READING_TIMES) == []

    known = {"slug": ["a"], "avg_read_time": [60.0], "title": ["A"]}
    write_deltalake(tmp_path / "lake" / READING_TIMES, pa.table(known), mode="append")
    before = versions(tmp_path)[READING_TIMES]
    run(*step, root=tmp_path)
    assert versions(tmp_path)[READING_TIMES] == before


def test_a_day_earlier_and_then_the_next_adds_exactly_one_day(tmp_path):
    run("--namespaces", "ingest.ees_ga4_events", root=tmp_path, run_date="2026-06-29", first_day="2026-06-20")
    before = {row["date"] for row in rows(tmp_path, GA4)}
    run("--namespaces", "ingest.ees_ga4_events", root=tmp_path, run_date="2026-06-30", first_day="2026-06-20")
    after = {row["date"] for row in rows(tmp_path, GA4)}
    assert max(before) == dt.date(2026, 6, 27)
    assert after - before == {dt.date(2026, 6, 28)}


def test_two_processes_at_once_end_in_one_clean_lake(sample, tmp_path):
    """Each works on four tables at once, the most that a run does, and both on the same ones and their ledger."""
    root, _ = sample
    names = [f"ees_ga4_{name}" for name in ("device_browser", "hourly", "service_summary", "time_on_page")]
    together = [
        start("--namespaces", ",".join(f"ingest.{name}" for name in names), root=tmp_path) for _ in range(2)
    ]
    for process in together:
        output_of(process)
    for name in names:
        clean, mixed = (DeltaTable(lake / "lake/analytics_raw" / name) for lake in (root, tmp_path))
        assert digest(mixed.to_pyarrow_table()) == digest(clean.to_pyarrow_table()), name
    recorded = [
        (row["table"], row["slice"], row["state"])
        for row in rows(tmp_path, "analytics_raw/ees_ingest_ledger")
    ]
    assert len(recorded) == len({*recorded}), "each ledger row is written once"
