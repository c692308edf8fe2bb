"""The log files of the public API and of downloads: one file is one slice."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from ees_analytics.contracts import contract_for
from ees_analytics.parameters.ingest import IngestRange
from ees_analytics.parameters.logs import LogSettings
from ees_analytics.pipelines.ingest.nodes.log_messages import summary_messages, table_messages
from ees_analytics.slices.errors import BadFile, IngestIncomplete
from ees_analytics.slices.landing_zone import LandingZone
from ees_analytics.slices.ledger import LedgerEntry
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.slice import Fetch, FetchedSlice
from ees_analytics.slices.state import TableState
from ees_analytics.sources.log_files.audit import LogAudit, audit_table
from ees_analytics.sources.log_files.folder import LogFolder, file_datetime
from ees_analytics.sources.log_files.rows import table_rows

logger = logging.getLogger(__name__)


def plan_files(state: TableState, landing: LandingZone, folder: LogFolder) -> IngestPlan:
    """Plan a log table: every file whose name neither the table nor the landing zone has, however old it is.

    Files that were set aside are tried again.
    """
    fetch = [name for name in folder if not state.is_settled(name) and not landing.is_landed(name)]
    return IngestPlan(state.table, tuple(sorted({*folder, *landing.landed})), tuple(sorted(fetch)))


def land_files(
    plan: IngestPlan, folder: LogFolder, settings: LogSettings, ingest_range: IngestRange
) -> dict[str, Fetch]:
    """Planned file to a callable that reads, checks and converts it.

    Each callable raises ``BadFile`` where the file cannot be ingested as it is.
    """
    contract = contract_for(f"raw.{plan.table}")
    tomorrow = ingest_range.run_date + dt.timedelta(days=1)

    def fetch(name: str) -> FetchedSlice:
        written_at = _moment(name, settings.first_date, tomorrow)
        rows, path = folder[name](), folder.files[name][0]
        return FetchedSlice(
            table_rows(rows, path, written_at, contract), rows.num_rows, request={"path": path}
        )

    return {name: (lambda name=name: fetch(name)) for name in plan.fetch if name in folder}  # type: ignore[misc]


def audit_files(  # noqa: PLR0913
    recorded: Sequence[LedgerEntry],
    landing: LandingZone,
    state: TableState,
    folder: LogFolder,
    settings: LogSettings,
    ingest_range: IngestRange,
    run_id: str,
) -> LogAudit:
    """Report the state of the table after the run: what is new, what was set aside, which days are missing."""
    audit = audit_table(recorded, run_id, state, landing, folder, settings, ingest_range.run_date)
    for level, text in table_messages(audit):
        logger.log(level, "%s: %s", audit.table, text)
    return audit


def check_files(audit: LogAudit) -> Mapping[str, Any]:
    """Make sure that there are files, and that the table has each one that was read in full.

    Returns:
        For the run report: ``table``, ``newest`` day, and ``quarantined`` files with their reasons. They are not a
        failure.

    Raises:
        IngestIncomplete: Names the files that are incomplete, or the folders without any.
    """
    if mismatch := audit.row_count_mismatch:
        raise IngestIncomplete(
            f"{audit.table}: {len(mismatch)} file(s) are not in the table in full. {'; '.join(mismatch[:10])}. "
            "Put the files back into their folder and run again: what is missing is read again."
        )
    if not audit.files_in_folder and not audit.files_total:
        raise IngestIncomplete(
            f"{audit.table}: no log file was found in {' or '.join(audit.locations)}. Put the files there, or name "
            "their folder: kedro run --params api_logs_root=<folder>. Other tables are not affected."
        )
    newest = audit.newest.isoformat() if audit.newest else None
    return {"table": audit.table, "newest": newest, "quarantined": dict(audit.quarantined)}


def report_logs(*audits: LogAudit) -> Sequence[LogAudit]:
    """Report the state of all log tables together, after the last one."""
    for level, text in summary_messages(audits):
        logger.log(level, text)
    return audits


def _moment(name: str, first_date: dt.date, last_date: dt.date) -> dt.datetime:
    moment = file_datetime(name)
    if moment is None:
        raise BadFile(
            f"{name}: the name has no date and time. Log files are named YYYYMMdd-HHmmss-<kind>.parquet."
        )
    if moment.date() < first_date:
        raise BadFile(f"{name}: its date is before {first_date}, when there were no logs yet.")
    if moment.date() > last_date:
        raise BadFile(f"{name}: its date is in the future.")
    return moment
