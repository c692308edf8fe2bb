"""What a run did beside making tables is told in one line each."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from ees_analytics.contracts.slice_batch import SliceBatch
from ees_analytics.lake.upkeep import Upkeep
from ees_analytics.run_report.other_work import SideTasks

ROWS = pa.table({"n": [1, 2, 3]})


def told(*saves: tuple[str, object]) -> dict[str, str]:
    work = SideTasks()
    for name, data in saves:
        work.saved(name, data)
    return work.in_words()


def test_a_run_of_tables_says_nothing():
    outcome = {"table": "ees_ga4_page", "rows": 3}
    assert told(("raw.ees_ga4_page", ROWS), ("ingest.ees_ga4_page.outcome", outcome)) == {}


def test_a_backup_says_what_it_holds_and_what_was_new():
    checks = [
        ("backup.ees_ga4_page.outcome", {"table": "ees_ga4_page", "copied": 2, "rows": 1200}),
        ("backup.ees_ua_page.outcome", {"table": "ees_ua_page", "copied": 0, "rows": 0}),
    ]
    copies = [("copy.ees_ga4_page", {"2026-06-27": ..., "2026-06-28": ...}), ("copy.ees_ua_page", {"x": ...})]
    holds = "1,200 rows of 1 table lie in it, verified; "
    assert told(*copies, *checks) == {"Backup": f"{holds}3 days, files and runs copied now"}
    assert told(copies[1], *checks) == {"Backup": f"{holds}1 day, file or run copied now"}
    assert told(*checks) == {"Backup": f"{holds}nothing was new"}


def test_a_restore_says_how_many_rows_came_back():
    check = ("restore.ees_ga4_page.outcome", {"table": "ees_ga4_page", "rows": 9})
    batch = ("restored.ees_ga4_page", SliceBatch(ROWS, ["2026-06-27"]))
    holds = "9 rows of 1 table are in the lake as in the backup; "
    assert told(batch, batch, check) == {"Restore": f"{holds}6 brought back now"}
    assert told(check) == {"Restore": f"{holds}nothing was missing"}


def test_import_export_and_maintenance():
    assert told(
        ("frozen.ees_ua_page", ROWS),
        ("export.ees_service_summary", pd.DataFrame({"n": [1, 2]})),
        ("export.ees_session_starts", pd.DataFrame({"n": [1]})),
        ("upkeep.ees_ua_page", Upkeep(30)),
    ) == {
        "Import": "3 rows of 1 table imported",
        "Export": "3 rows of 2 tables written",
        "Maintenance": "small files merged and old ones deleted, in every table that is there",
    }
