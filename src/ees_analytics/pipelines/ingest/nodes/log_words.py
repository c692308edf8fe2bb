"""The audit of the log tables in words."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence

from ees_analytics.console.text import few
from ees_analytics.sources.log_files.audit import Gap, LogAudit

_SHOWN = 5
"""How many names of one kind a line shows."""

_NAMED = 3
"""So many files that were set aside are named; the run report names all."""

Line = tuple[int, str]
"""A logging level and what to say."""


def report_lines(audit: LogAudit) -> Iterator[Line]:
    """How one table stands: what came in, then what somebody should look at, then the missing days."""
    newest = f"newest {audit.newest}" if audit.newest else "no file yet"
    yield (
        logging.INFO,
        f"{audit.files_new:,} new file(s), {audit.files_total:,} in all; {audit.rows_new:,} row(s) written, "
        f"{audit.rows_total:,} in all; {newest}.",
    )
    yield from _warnings(audit)
    yield from _missing_days(audit.gaps)


def summary_lines(audits: Sequence[LogAudit]) -> Iterator[Line]:
    """How all log tables stand together."""
    newest = max((audit.newest for audit in audits if audit.newest), default=None)
    yield (
        logging.INFO,
        f"Log files: {sum(a.files_new for a in audits):,} new, {sum(a.files_total for a in audits):,} in all; "
        f"{sum(a.rows_new for a in audits):,} row(s) written, {sum(a.rows_total for a in audits):,} in all; "
        f"newest {newest or 'none'}; {sum(len(a.quarantined) for a in audits):,} set aside.",
    )
    yield from _stale(audits)
    if unmatched := sorted({path for audit in audits for path in audit.unmatched}):
        yield (
            logging.WARNING,
            f"{len(unmatched)} file(s) among the logs belong to no table and are not read ({few(unmatched, _SHOWN)}). "
            "A new kind of log is declared in conf/base/globals_logs.yml.",
        )


def _stale(audits: Sequence[LogAudit]) -> Iterator[Line]:
    """Deliveries mostly stop for all tables at once: those that stopped together are told together."""
    stopped: dict[tuple[dt.date | None, int | None], list[str]] = {}
    for audit in audits:
        if audit.is_stale:
            stopped.setdefault((audit.newest, audit.days_old), []).append(audit.table)
    for (newest, days), tables in stopped.items():
        yield (
            logging.WARNING,
            f"{few(sorted(tables), _SHOWN)}: the newest file is of {newest}, {days} days before this run. Ask who delivers the logs "
            "whether they are still written.",
        )


def _warnings(audit: LogAudit) -> Iterator[Line]:
    named = list(audit.quarantined.items())[:_NAMED]
    for name, reason in named:
        yield (
            logging.WARNING,
            f"{name} is set aside and will be tried again: {reason.removeprefix(f'{name}: ')}",
        )
    if more := len(audit.quarantined) - len(named):
        yield logging.WARNING, f"{more} more file(s) are set aside; the report has the reasons."
    if audit.missing_from_folder:
        yield (
            logging.WARNING,
            f"{len(audit.missing_from_folder)} file(s) that the table holds are no longer in the folder ({few(audit.missing_from_folder, _SHOWN)}). "
            "Their rows are safe in the table.",
        )
    if audit.unlike:
        yield (
            logging.WARNING,
            f"{len(audit.unlike)} file(s) lie in both places with different content ({few(audit.unlike, _SHOWN)}). The table "
            "keeps what it read first.",
        )


def _missing_days(gaps: Sequence[Gap]) -> Iterator[Line]:
    """A line for each kind of missing day; only what those who deliver them should look for is a warning."""
    unexplained = [gap for gap in gaps if gap.outage is None]
    for recoverable, remedy in (
        (True, "recoverable: a file lies in the folder unread"),
        (False, "not in the folder: to be asked for from who delivers the logs"),
    ):
        for weekend, kind in ((False, "weekday(s)"), (True, "weekend day(s)")):
            some = [gap for gap in unexplained if gap.recoverable is recoverable and gap.weekend is weekend]
            if some:
                level = logging.INFO if weekend else logging.WARNING
                yield level, f"{_count(some)} {kind} missing, {remedy} ({_ranges(some)})."
    known = [gap for gap in gaps if gap.outage is not None]
    if known:
        reasons = ", ".join(sorted({gap.outage for gap in known if gap.outage}))
        yield logging.INFO, f"{_count(known)} day(s) missing in known outages ({_tagged(known)}): {reasons}."


def _count(gaps: Sequence[Gap]) -> int:
    return sum(gap.days for gap in gaps)


def _ranges(gaps: Sequence[Gap]) -> str:
    return ", ".join(_range(gap) for gap in gaps)


def _range(gap: Gap) -> str:
    return f"{gap.first}" if gap.first == gap.last else f"{gap.first} to {gap.last}"


def _tagged(gaps: Sequence[Gap]) -> str:
    return ", ".join(
        f"{_range(gap)} {'weekend' if gap.weekend else 'weekday'}{', recoverable' if gap.recoverable else ''}"
        for gap in gaps
    )
