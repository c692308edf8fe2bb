"""The messages about an audit of log tables."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from ees_analytics.console.text import counted, few, values_by_key
from ees_analytics.sources.log_files.audit import Gap, LogAudit

_MAX_NAMES = 5
_MAX_QUARANTINED = 3
"""Files set aside that are named one by one; the run report names all."""

Message = tuple[int, str]
"""A logging level and a text."""


def table_messages(audit: LogAudit) -> Iterator[Message]:
    """What was ingested into one table, then what somebody should look at, then the missing days."""
    newest = f"newest {audit.newest}" if audit.newest else "no file yet"
    yield (
        logging.INFO,
        f"{audit.files_new:,} new file(s), {audit.files_total:,} in all; {audit.rows_new:,} row(s) written, "
        f"{audit.rows_total:,} in all; {newest}.",
    )
    for warning in _warnings(audit):
        yield logging.WARNING, warning
    yield from _missing_days(audit.gaps)


def summary_messages(audits: Sequence[LogAudit]) -> Iterator[Message]:
    """The state of all log tables together."""
    newest = max((audit.newest for audit in audits if audit.newest), default=None)
    yield (
        logging.INFO,
        f"Log files: {sum(a.files_new for a in audits):,} new, {sum(a.files_total for a in audits):,} in all; "
        f"{sum(a.rows_new for a in audits):,} row(s) written, {sum(a.rows_total for a in audits):,} in all; "
        f"newest {newest or 'none'}; {sum(len(a.quarantined) for a in audits):,} set aside.",
    )
    # Deliveries mostly stop for all tables at once: tables that stopped together share a message.
    stopped = values_by_key(((a.newest, a.stale_days), a.table) for a in audits if a.stale_days)
    for (day, days), tables in stopped.items():
        yield (
            logging.WARNING,
            f"{few(sorted(tables), _MAX_NAMES)}: the newest file is of {day}, {days} days before this run. Ask the team "
            "that delivers the logs whether they are still written.",
        )
    if unmatched := sorted({path for audit in audits for path in audit.unmatched}):
        yield (
            logging.WARNING,
            f"{len(unmatched)} file(s) among the logs belong to no table and are not read "
            f"({few(unmatched, _MAX_NAMES)}). A new kind of log is declared in conf/base/globals_logs.yml.",
        )


def _warnings(audit: LogAudit) -> Iterator[str]:
    for name, reason in list(audit.quarantined.items())[:_MAX_QUARANTINED]:
        yield f"{name} is set aside and will be tried again: {reason.removeprefix(f'{name}: ')}"
    if (more := len(audit.quarantined) - _MAX_QUARANTINED) > 0:
        yield f"{more} more file(s) are set aside; the report has the reasons."
    if missing := audit.missing_from_folder:
        yield (
            f"{len(missing)} file(s) that the table has are no longer in the folder ({few(missing, _MAX_NAMES)}). "
            "Their rows are safe in the table."
        )
    if conflicting := audit.conflicting_copies:
        yield (
            f"{len(conflicting)} file(s) have two copies with different content ({few(conflicting, _MAX_NAMES)}). "
            "The table keeps what it read first."
        )


def _missing_days(gaps: Sequence[Gap]) -> Iterator[Message]:
    """A message for each kind of missing day. Weekends and known outages are not warnings."""
    kinds = values_by_key(((gap.outage, gap.recoverable, gap.weekend), gap) for gap in gaps)
    for (outage, recoverable, weekend), some in kinds.items():
        remedy = (
            "recoverable: the folder has a file that was not read"
            if recoverable
            else "not in the folder: ask the team that delivers the logs"
        )
        reason = remedy if outage is None else f"in a known outage: {outage}"
        days = counted(sum(gap.days for gap in some), "weekend day" if weekend else "weekday")
        yield (
            logging.INFO if weekend or outage is not None else logging.WARNING,
            f"{days} missing, {reason} ({', '.join(map(str, some))}).",
        )
