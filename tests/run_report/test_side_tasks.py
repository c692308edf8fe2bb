"""Each task besides building tables gives one line."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from ees_analytics.contracts.contract import SliceBatch
from ees_analytics.run_report.side_tasks import SideTasks

ROWS = pa.table({"n": [1, 2, 3]})


def summary(*saves: tuple[str, object]) -> dict[str, str]:
    tasks = SideTasks()
    for name, data in saves:
        tasks.saved(name, data)
    return tasks.summary()


def test_a_run_that_only_builds_tables_has_no_line():
    outcome = {"table": "ees_ga4_page", "rows": 3}
    assert summary(("raw.ees_ga4_page", ROWS), ("ingest.ees_ga4_page.outcome", outcome)) == {}


def test_backup_reports_its_extent_and_what_was_copied():
    checks = [
        ("backup.ees_ga4_page.outcome", {"table": "ees_ga4_page", "copied": 2, "rows": 1200}),
        ("backup.ees_ua_page.outcome", {"table": "ees_ua_page", "copied": 0, "rows": 0}),
    ]
    copies = [("copy.ees_ga4_page", {"2026-06-27": ..., "2026-06-28": ...}), ("copy.ees_ua_page", {"x": ...})]
    holds = "1,200 rows of 1 table backed up and verified; "
    assert summary(*copies, *checks) == {"Backup": f"{holds}3 days, files and runs copied in this run"}
    assert summary(copies[1], *checks) == {"Backup": f"{holds}1 day, file or run copied in this run"}
    assert summary(*checks) == {"Backup": f"{holds}nothing new to copy"}


def test_restore_reports_how_many_rows_it_restored():
    check = ("restore.ees_ga4_page.outcome", {"table": "ees_ga4_page", "rows": 9})
    batch = ("restored.ees_ga4_page", SliceBatch(ROWS, ["2026-06-27"]))
    holds = "9 rows of 1 table are the same in lake and backup; "
    assert summary(batch, batch, check) == {"Restore": f"{holds}6 rows restored in this run"}
    assert summary(check) == {"Restore": f"{holds}nothing was missing"}


def test_import_export_and_maintenance():
    assert summary(
        ("frozen.ees_ua_page", ROWS),
        ("export.ees_service_summary", pd.DataFrame({"n": [1, 2]})),
        ("export.ees_session_starts", pd.DataFrame({"n": [1]})),
        ("maintained.ees_ua_page", maintained()),
        ("maintained.ees_ua_events", maintained(seconds=None)),
    ) == {
        "Import": "3 rows of 1 table imported",
        "Export": "3 rows of 2 tables written",
        "Maintenance": "merged small files and deleted old ones in 1 table",
    }


def maintained(seconds: float | None = 0.1, added: tuple = (), refused: tuple = ()) -> dict:
    return {"location": "x", "seconds": seconds, "added": [*added], "refused": [*refused]}


def test_maintenance_reports_what_it_did_not_do():
    assert summary(
        ("maintained.ees_ua_page", maintained(refused=("OPTIMIZE", "VACUUM"))),
        ("maintained.ees_ga4_page", maintained(refused=("VACUUM",), added=("newUsers",))),
    ) == {
        "Maintenance": "merged small files and deleted old ones in 0 tables; OPTIMIZE not done in 1 table that the "
        "catalogue maintains; VACUUM not done in 2 tables that the catalogue maintains; ees_ga4_page gained newUsers"
    }
