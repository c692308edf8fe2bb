"""The run report in a few lines: coloured on a terminal, plain everywhere else."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.console import Console
from rich.text import Text

from ees_analytics.console.safe_text import printable_line
from ees_analytics.console.text import counted, few, values_by_key
from ees_analytics.lake.changes import RowCounts
from ees_analytics.run_report.anomalies import sentence
from ees_analytics.run_report.attention import attention
from ees_analytics.run_report.changes import row_counts
from ees_analytics.run_report.facts import Outcome, RunFacts, TableFacts, TableStatus

_GROUPS = {
    "raw.ees_ga4_": "Google Analytics 4",
    "raw.ees_search_console": "Search Console",
    "raw.raw_ees_": "Log files",
    "raw.": "Website",
    "app.": "App tables",
}
"""First part of a table's name to its group, in the order of the lines; the first that matches counts."""

_UNCHANGED = {TableStatus.SAME: "up to date", TableStatus.FAILED: "FAILED", TableStatus.NOT_RUN: "not run"}
_MAX_LINE = 1_000
"""Characters of a line; paths are long, reasons have ``MAX_ON_TERMINAL``."""

_MAX_ITEMS = 6
_MAX_TABLES = 5
_MAX_ANOMALIES = 3


def render(facts: RunFacts, location: str | None, stream: TextIO) -> None:
    """Write the lines to a stream; ``location`` is the page's, None where it could not be written."""
    console = Console(file=stream, soft_wrap=True, highlight=False)
    for style, line in lines(facts, location):
        console.print(Text(printable_line(line, _MAX_LINE), style="" if console.no_color else style))


def lines(facts: RunFacts, location: str | None) -> Iterator[tuple[str, str]]:
    """Rich style and text of each line."""
    yield _headline(facts)
    groups = values_by_key((_group(table), table) for table in facts.tables)
    for group in filter(groups.get, _GROUPS.values()):
        yield _row(group, _summary(groups[group]))
    if passed := sum(table.checks_passed for table in facts.tables):
        failed = sum(table.status is TableStatus.FAILED for table in facts.tables)
        yield _row("Checks", f"{passed} passed" + (f"; {counted(failed, 'table')} FAILED" * bool(failed)))
    for task, result in facts.side_tasks.items():
        yield _row(task, printable_line(result))
    if facts.places:
        yield _row("Written to", "; ".join(f"{kind}: {place}" for kind, place in facts.places.items()))
    yield from _attention(facts)
    for anomaly in facts.anomalies[:_MAX_ANOMALIES]:
        yield _row("Stands out", sentence(anomaly))
    if len(facts.anomalies) > _MAX_ANOMALIES:
        yield _row("", f"and {len(facts.anomalies) - _MAX_ANOMALIES} more, in the report")
    if flagged := sum(bool(table.flags) for table in facts.tables):
        tables = counted(flagged, "table")
        yield _row("Quality", f"{tables} with days that are sampled, thresholded or folded")
    if location:
        yield _row("Report", location)


def _headline(facts: RunFacts) -> tuple[str, str]:
    style, ending = {
        Outcome.SUCCEEDED: ("bold green", "succeeded"),
        Outcome.STOPPED: ("bold red", "STOPPED"),
        Outcome.FAILED: ("bold red", f"FAILED ({counted(len(facts.failures), 'step')})"),
    }[facts.outcome]
    mark = "✓" if facts.outcome is Outcome.SUCCEEDED else "✗"
    changed = f"{len(facts.changed)} of {len(facts.tables)} tables changed"
    extent = changed if facts.tables else ", ".join(facts.pipelines)
    run = f"{mark} Run for {facts.run_date} ({facts.env})"
    return style, f"{run} {ending} in {facts.seconds:.1f} s: {extent}"


def _row(title: str, text: str) -> tuple[str, str]:
    return "", f"  {title:<20}{text}"


def _group(table: TableFacts) -> str:
    return next(group for start, group in _GROUPS.items() if table.name.startswith(start))


def _attention(facts: RunFacts) -> Iterator[tuple[str, str]]:
    """What needs attention; failures are not repeated here, because the command reports them itself."""
    items = [item for item in attention(facts) if not set(item.about) & facts.failures.keys()]
    for about, what, todo in items[:_MAX_ITEMS]:
        reason = printable_line(". ".join(filter(None, [what, todo])))
        yield "yellow", f"  ! {few(sorted(about), _MAX_TABLES)}: {reason}"
    if len(items) > _MAX_ITEMS:
        yield "yellow", f"  ! and {len(items) - _MAX_ITEMS} more, in the report"


def _summary(tables: Sequence[TableFacts]) -> str:
    """What the run did to a group of tables, and their newest day."""
    counts = Counter(table.status for table in tables)
    changed = counts[TableStatus.CHANGED]
    rows = sum(table.rows_added for table in tables if not table.changes)
    changes = sum((table.changes.total for table in tables if table.changes), RowCounts())
    added = "" if changed else " added"  # by a table that failed after its slices were committed
    news = [f"{counted(changed, 'table')} changed" * bool(changed), _count_slices(tables, "added")]
    added = " in new tables" if changes != RowCounts() else added
    news += [row_counts(changes), (counted(rows, "row") + added) * bool(rows)]
    parts = [", ".join(filter(None, news)), _count_slices(tables, "adopted", " adopted from the table")]
    parts.append(_count_slices(tables, "restated", " restated"))
    parts += [
        f"{counted(counts[status], 'table')} {text}" for status, text in _UNCHANGED.items() if counts[status]
    ]
    parts.append(_count_slices(tables, "read_again", " read again, no change"))
    if newest := max((table.newest for table in tables if table.newest), default=None):
        parts.append(f"newest day {newest}")
    return "; ".join(filter(None, parts))


def _count_slices(tables: Sequence[TableFacts], field: str, verb: str = "") -> str:
    """How many slices the tables have in this field, each counted once; empty where they have none."""
    names = {name for table in tables for name in getattr(table, field)}
    return counted(len(names), tables[0].slice_unit) + verb if names else ""
