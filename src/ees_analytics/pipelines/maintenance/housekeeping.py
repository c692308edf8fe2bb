"""What every run does at its end: merge the small files of local tables, and delete what is no longer kept."""

import datetime as dt
import logging
import re
from collections.abc import Iterable
from pathlib import Path

from ees_analytics.lake.storage import TableStorage
from ees_analytics.parameters.maintenance import MaintainSettings
from ees_analytics.slices.landing_dataset import LandingDataset

logger = logging.getLogger(__name__)

_REPORT = re.compile(r"(\d{4}-\d\d-\d\d)T[\d.]+Z\.html")


def compact(storages: Iterable[TableStorage], settings: MaintainSettings) -> list[str]:
    """Merge the files of tables that have too many small ones; each is a commit of its own that keeps the rows.

    Tables of a catalogue are left to ``maintain``, unless ``compact_catalog_tables`` is set.

    Returns:
        The names of the tables.
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


def delete_expired(
    reports: Path, landings: Iterable[LandingDataset], settings: MaintainSettings, today: dt.date
) -> list[str]:
    """Delete reports of old runs, failed attempts of slices that came in since, and unfinished files of stopped runs.

    Landing files are kept for ever, and so is a failed attempt of a slice that never came in.

    Returns:
        The paths.
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
