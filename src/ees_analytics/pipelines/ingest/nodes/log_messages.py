"""The messages about an audit of log tables."""

import logging
from collections.abc import Iterator, Sequence

from ees_analytics.console.text import counted, few, values_by_key
from ees_analytics.sources.log_files.audit import LogAudit

_MAX_NAMES = 5
_MAX_QUARANTINED = 3
"""Files set aside that are named for each reason, and reasons; the run report has all."""

Message = tuple[int, str]
"""A logging level and a text."""


def table_messages(audit: LogAudit) -> Iterator[Message]:
    """What was ingested into one table, then what somebody should look at, then the missing days."""
    yield logging.INFO, f"{_totals(audit)}."
    reasons = values_by_key((why.removeprefix(f"{name}: "), name) for name, why in audit.quarantined.items())
    for reason, names in list(reasons.items())[:_MAX_QUARANTINED]:
        yield (
            logging.WARNING,
            f"set aside, and tried again by each run: {few(names, _MAX_QUARANTINED)}: {reason}",
        )
    if more := [name for names in list(reasons.values())[_MAX_QUARANTINED:] for name in names]:
        yield logging.WARNING, f"{len(more):,} more file(s) are set aside; the report has the reasons."
    if missing := audit.missing_from_folder:
        yield (
            logging.WARNING,
            f"{len(missing)} file(s) that the table has are no longer in the folder ({few(missing, _MAX_NAMES)}). "
            "Their rows are safe in the table.",
        )
    if conflicting := audit.conflicting_copies:
        yield (
            logging.WARNING,
            f"{len(conflicting)} file(s) have two copies with different content ({few(conflicting, _MAX_NAMES)}). "
            "The table keeps what it read first.",
        )
    yield from _missing_days(audit)


def summary_messages(audits: Sequence[LogAudit]) -> Iterator[Message]:
    """The state of all log tables together."""
    quarantined = sum(len(audit.quarantined) for audit in audits)
    yield logging.INFO, f"Log files: {_totals(*audits)}; {quarantined:,} set aside."
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


def _totals(*audits: LogAudit) -> str:
    newest = max((audit.newest for audit in audits if audit.newest), default=None)
    return (
        f"{sum(a.files_new for a in audits):,} new file(s), {sum(a.files_total for a in audits):,} in all; "
        f"{sum(a.rows_new for a in audits):,} row(s) written, {sum(a.rows_total for a in audits):,} in all; "
        + (f"newest {newest}" if newest else "no file yet")
    )


def _missing_days(audit: LogAudit) -> Iterator[Message]:
    """A message for each kind of missing day. Weekends and known outages are not warnings."""
    kinds = values_by_key(((gap.outage, gap.recoverable, gap.weekend), gap) for gap in audit.gaps)
    for (outage, recoverable, weekend), gaps in kinds.items():
        reason = "not in the folder: ask the team that delivers the logs"
        if recoverable:
            reason = "recoverable: the folder has a file that was not read"
        if outage is not None:
            reason = f"in a known outage: {outage}"
        days = counted(sum(gap.days for gap in gaps), "weekend day" if weekend else "weekday")
        yield (
            logging.INFO if weekend or outage is not None else logging.WARNING,
            f"{days} missing, {reason} ({', '.join(map(str, gaps))}).",
        )
