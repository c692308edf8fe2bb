"""The log files of the public API and of downloads: one file is one slice."""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ees_analytics.contracts import contract_for
from ees_analytics.parameters.ingest import IngestRange
from ees_analytics.parameters.logs import LogSettings
from ees_analytics.pipelines.ingest.nodes.log_messages import summary_messages, table_messages
from ees_analytics.slices.errors import BadFile, IngestIncomplete
from ees_analytics.slices.ledger import LedgerEntry
from ees_analytics.slices.slice import Fetch, FetchedSlice, IngestPlan, LandingZone
from ees_analytics.slices.state import TableState
from ees_analytics.sources.log_files.audit import LogAudit, find_gaps
from ees_analytics.sources.log_files.folder import LogFolder, file_datetime
from ees_analytics.sources.log_files.rows import table_rows

logger = logging.getLogger(__name__)


def plan_files(state: TableState, landing: LandingZone, folder: LogFolder) -> IngestPlan:
    """Plan every file that neither the table nor the landing zone has, however old it is; also those set aside before."""
    fetch = [name for name in folder if not state.is_settled(name) and not landing.is_landed(name)]
    return IngestPlan(state.table, tuple(sorted({*folder, *landing.landed})), tuple(sorted(fetch)))


def land_files(
    plan: IngestPlan, folder: LogFolder, settings: LogSettings, ingest_range: IngestRange
) -> dict[str, Fetch]:
    """Planned file to a callable that reads, checks and converts it, or raises ``BadFile``."""
    contract = contract_for(f"raw.{plan.table}")
    tomorrow = ingest_range.run_date + dt.timedelta(days=1)

    def fetch(name: str) -> FetchedSlice:
        written_at = file_datetime(name)
        if written_at is None:
            raise BadFile(
                f"{name}: the name has no date and time. Log files are named YYYYMMdd-HHmmss-<kind>.parquet."
            )
        if written_at.date() < settings.first_date:
            raise BadFile(f"{name}: its date is before {settings.first_date}, when there were no logs yet.")
        if written_at.date() > tomorrow:
            raise BadFile(
                f"{name}: its date is after the day of the run, {ingest_range.run_date}. Wait for a run of a later day, which ingests it."
            )
        rows, path = folder[name](), folder.files[name][0]
        return FetchedSlice(
            table_rows(rows, path, written_at, contract), rows.num_rows, request={"path": path}
        )

    return {name: partial(fetch, name) for name in plan.fetch if name in folder}


def audit_files(
    recorded: Iterable[LedgerEntry],
    landing: LandingZone,
    state: TableState,
    folder: LogFolder,
    settings: LogSettings,
    ingest_range: IngestRange,
    run_id: str,
) -> LogAudit:
    """Compare table, ledger, landing zone and folder as they are after the run, and log the result."""
    # A slice that was only found in the table has no digest: no run wrote it.
    new = [each for each in recorded if each.run_id == run_id and each.state.is_settled and each.digest]
    dates = _dates(state.slices)
    newest = max(dates, default=None)
    days_old = (ingest_range.run_date - newest).days if newest else 0
    unread = sorted(folder.keys() - state.slices.keys())
    audit = LogAudit(
        state.table,
        files_new=len(new),
        files_total=len(state.slices),
        rows_new=sum(entry.rows or 0 for entry in new),
        rows_total=sum(state.slices.values()),
        newest=newest,
        stale_days=days_old if days_old > settings.freshness_days else None,
        locations=folder.locations,
        files_in_folder=len(folder),
        quarantined={
            name: landing.reason(landing.quarantined[name]) for name in unread if name in landing.quarantined
        },
        missing_from_folder=sorted(state.slices.keys() - folder.keys()),
        conflicting_copies=sorted(state.slices.keys() & set(folder.different_sizes)),
        row_count_mismatch=_row_count_mismatch(state, landing),
        gaps=find_gaps(dates, _dates(unread), settings.known_outages),
        unmatched=folder.unmatched,
        not_used=folder.not_used,
    )
    for level, text in table_messages(audit):
        logger.log(level, "%s: %s", audit.table, text)
    return audit


def check_files(audit: LogAudit) -> Mapping[str, Any]:
    """Make sure that the folders have files, and that the table has each one that was read in full.

    Returns:
        For the run report: ``table``, ``newest`` day, and ``quarantined`` files with their reasons. These do not fail the run.

    Raises:
        IngestIncomplete: Names the files that are incomplete, or the folders without any.
    """
    if mismatch := audit.row_count_mismatch:
        raise IngestIncomplete(
            f"{audit.table}: {len(mismatch)} file(s) are not in the table in full. {'; '.join(mismatch[:10])}. "
            "Put the files back into their folder and run again: what is missing is read again."
        )
    if not (audit.files_in_folder or audit.not_used):
        raise IngestIncomplete(
            f"{audit.table}: no log file was found in {' or '.join(audit.locations)}. Put the files there, or name "
            "their folder: kedro run --params api_logs_root=<folder>. Where none are delivered any more, set "
            "`not_used: true` for the table in conf/base/globals_logs.yml. No table loses rows."
        )
    newest = audit.newest.isoformat() if audit.newest else None
    return {"table": audit.table, "newest": newest, "quarantined": dict(audit.quarantined)}


def report_logs(*audits: LogAudit) -> Sequence[LogAudit]:
    """Report the state of all log tables together, after the last one."""
    for level, text in summary_messages(audits):
        logger.log(level, text)
    return audits


def _dates(names: Iterable[str]) -> set[dt.date]:
    return {moment.date() for name in names if (moment := file_datetime(name))}


def _row_count_mismatch(state: TableState, landing: LandingZone) -> list[str]:
    """A phrase for each file that ledger or landing zone have, and the table with another number of rows."""
    expected = {name: entry.rows for name, entry in state.ledger.items() if entry.state.is_settled}
    expected |= {name: item.rows for name, item in landing.landed.items()}
    return [
        f"{name}: {state.slices.get(name, 0):,} rows instead of {rows:,}"
        for name, rows in sorted(expected.items())
        if rows not in (None, state.slices.get(name, 0))
    ]
