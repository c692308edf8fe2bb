"""Ctrl+C ends a run at once and in words; the next run goes on where it was."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from tests.end_to_end.project_run import rows, run, start

ONLY = ("--namespaces", "ingest.ees_ga4_events")


def test_a_run_that_is_stopped_says_so_and_is_taken_up_again(tmp_path):
    process = start(*ONLY, root=tmp_path)
    while process.poll() is None and not list(tmp_path.glob("landing/ees_ga4_events/*.parquet")):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "Stopped. Completed work is saved" in output
    assert "Traceback" not in output
    assert [row["outcome"] for row in rows(tmp_path, "analytics_raw/ees_pipeline_runs")] == ["stopped"]
    assert "<strong>Stopped.</strong>" in (tmp_path / "reports" / "latest.html").read_text()

    run(*ONLY, root=tmp_path)
    states = {row["slice"]: row["state"] for row in rows(tmp_path, "analytics_raw/ees_ingest_ledger")}
    assert (len(states), states.pop("2026-05-17")) == (45, "empty")
    assert {str(row["date"]) for row in rows(tmp_path, "analytics_raw/ees_ga4_events")} == states.keys()


def test_it_ends_also_where_nobody_reads_its_words_any_more(tmp_path):
    """`kedro run | tee log`: Ctrl+C ends both."""
    process = start(*ONLY, root=tmp_path)
    while process.poll() is None and not list(tmp_path.glob("landing/ees_ga4_events/*.parquet")):
        time.sleep(0.01)
    process.stdout.close()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130


def test_an_interrupted_notebook_keeps_its_engine():
    code = """if True:
        import os, signal, time
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from ees_analytics.lake.engine import spark_session
        session = spark_session("sail")
        session.range(1).count()
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(60)
        except KeyboardInterrupt:
            print(session.range(3).count(), flush=True)
        os._exit(0)
        """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "3\n", done.stderr
