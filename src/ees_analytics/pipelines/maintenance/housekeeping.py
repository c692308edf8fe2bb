"""What every run does at its end: merge the small files of local tables, and delete what is no longer kept."""

import datetime as dt
import logging
import re
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.lake.storage import TableStorage
from ees_analytics.parameters.maintenance import MaintainSettings
from ees_analytics.slices.landing_dataset import LandingDataset

logger = logging.getLogger(__name__)

RUNS = "ees_pipeline_runs"
_EMPTY = "{}"
SLACK_DAYS = 30
"""Local tables are looked after following every run: old rows are then written again once a month."""

_REPORT = re.compile(r"(\d{4}-\d\d-\d\d)T[\d.]+Z\.html")


def compact(storages: Iterable[TableStorage], settings: MaintainSettings) -> list[str]:
    """Merge the files of tables that have too many small ones, each in a commit of its own; returns their names.

    Tables of a catalogue are left to ``maintain``, unless ``compact_catalog_tables`` is set.
    """
    compacted = []
    for storage in storages:
        is_ours = storage.is_local or settings.compact_catalog_tables
        if (
            is_ours
            and storage.exists()
            and storage.has_small_files(settings.max_small_files, settings.small_file_bytes)
        ):
            storage.optimize()
            compacted.append(storage.table)
            logger.info("%s: its small files were merged.", storage.location)
    return compacted


def empty_old_runs(
    storage: TableStorage, settings: MaintainSettings, today: dt.date, slack_days: int = 0
) -> int:
    """Remove from old runs (``keep_report_days``) all but when they were, what they did and how they ended; returns how many.

    Nothing is done until a row is older by ``slack_days``, too, so that files are not written again every day.
    """
    if not storage.exists():
        return 0
    midnight = dt.datetime.combine(today, dt.time(), dt.UTC) - dt.timedelta(days=settings.keep_report_days)
    rows = storage.rows_before("started_at", midnight)
    rows = rows.filter(pc.not_equal(rows["summary"], _EMPTY))
    if not rows.num_rows or pc.min(rows["started_at"]).as_py() >= midnight - dt.timedelta(days=slack_days):
        return 0
    emptied = {"summary": _EMPTY, "started_by": None, "parameters": None}
    for name in emptied.keys() & {*rows.column_names}:
        values = pa.repeat(pa.scalar(emptied[name], pa.string()), rows.num_rows)
        rows = rows.set_column(rows.column_names.index(name), rows.schema.field(name), values)
    storage.replace(rows, "run_id", rows["run_id"].to_pylist(), {})
    logger.info("%s: %d run(s) are kept without their details.", storage.location, rows.num_rows)
    return rows.num_rows


def delete_expired(
    reports: Path, landings: Iterable[LandingDataset], settings: MaintainSettings, today: dt.date
) -> list[str]:
    """Delete reports of old runs, failed attempts of slices that came in since, and unfinished files; returns their paths.

    Landing files are kept for ever, and so is a failed attempt of a slice that never came in.
    """
    oldest = today - dt.timedelta(days=settings.keep_report_days)
    expired = [
        path
        for path in (reports.iterdir() if reports.is_dir() else ())
        if (name := _REPORT.fullmatch(path.name)) and dt.date.fromisoformat(name[1]) < oldest
    ]
    since = today - dt.timedelta(days=settings.keep_quarantine_days)
    expired += [path for landing in landings for path in landing.expired(since)]
    for path in expired:
        path.unlink(missing_ok=True)
    if expired:
        logger.info("%d file(s) were deleted that are no longer kept (`maintain` in conf).", len(expired))
    return [str(path) for path in expired]
