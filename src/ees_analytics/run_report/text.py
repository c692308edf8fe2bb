"""The run report in a few lines: coloured on a terminal, plain everywhere else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TextIO

from rich.console import Console
from rich.text import Text

from ees_analytics.console.text import counted, iso_day
from ees_analytics.run_report.days import shortly
from ees_analytics.run_report.facts import Outcome, RunFacts, TableFacts, TableStatus
from ees_analytics.run_report.html import attention

_GROUPS = {
    "raw.ees_ga4_": "Google Analytics 4",
    "raw.ees_search_console": "Search Console",
    "raw.raw_ees_": "Log files",
    "raw.": "Website",
    "app.": "App tables",
}
"""The beginning of a table's name to what people call the group; the first that fits."""

_MOST = 6
_WIDTH = 20


def tell(facts: RunFacts, place: str | None, stream: TextIO) -> None:
    """Write the lines."""
    console = Console(file=stream, soft_wrap=True, highlight=False)
    for style, line in lines(facts, place):
        console.print(Text(line, style=style))


def lines(facts: RunFacts, place: str | None) -> Iterator[tuple[str, str]]:
    """Style and text of each line."""
    good = facts.succeeded
    failed = f"FAILED ({counted(len(facts.failures), 'step')})"
    verb = {Outcome.SUCCEEDED: "succeeded", Outcome.STOPPED: "STOPPED"}.get(facts.outcome, failed)
    yield (
        "bold green" if good else "bold red",
        f"{'✓' if good else '✗'} Run for {facts.run_date} ({facts.env}) {verb} in {facts.seconds:.1f} s: "
        + _extent(facts),
    )
    for group, tables in _grouped(facts.tables).items():
        yield "", f"  {group:<{_WIDTH}}{_in_short(tables)}"
    yield from _checks(facts)
    for work, outcome in facts.other_work.items():
        yield "", f"  {work:<{_WIDTH}}{outcome}"
    yield from _noteworthy(facts)
    if place:
        yield "", f"  {'Report':<{_WIDTH}}{place}"


def _extent(facts: RunFacts) -> str:
    if not facts.tables:  # an export, a backup
        return ", ".join(facts.pipelines)
    return f"{len(facts.changed)} of {len(facts.tables)} tables changed"


def _checks(facts: RunFacts) -> Iterator[tuple[str, str]]:
    passed = sum(table.checks_passed for table in facts.tables)
    broken = sum(table.fate is TableStatus.FAILED for table in facts.tables)
    if passed:
        failed = f"; {counted(broken, 'table')} FAILED" if broken else ""
        yield "", f"  {'Checks':<{_WIDTH}}{passed} passed{failed}"


def _noteworthy(facts: RunFacts) -> Iterator[tuple[str, str]]:
    told = [item for item in attention(facts) if not set(item.about) & set(facts.failures)]
    for item in told[:_MOST]:
        yield "yellow", f"  ! {shortly(item.about)}: {item.what}{'. ' if item.todo else ''}{item.todo}"
    if len(told) > _MOST:
        yield "yellow", f"  ! and {len(told) - _MOST} more, in the report"
    flagged = sum(len(table.flags) > 0 for table in facts.tables)
    if flagged:
        yield "", f"  {'Quality':<{_WIDTH}}{flagged} tables have days that are sampled, thresholded or folded"


def _grouped(tables: Sequence[TableFacts]) -> dict[str, list[TableFacts]]:
    groups: dict[str, list[TableFacts]] = {name: [] for name in _GROUPS.values()}
    for table in tables:
        groups[next(name for start, name in _GROUPS.items() if table.name.startswith(start))].append(table)
    return {name: found for name, found in groups.items() if found}


def _in_short(tables: Sequence[TableFacts]) -> str:
    parts = []
    changed = [table for table in tables if table.fate is TableStatus.CHANGED]
    rows = sum(table.rows_added for table in tables)
    news = [f"{len(changed)} changed"] if changed else []
    news += _slices({name for table in tables for name in table.added})
    if rows:
        news.append(counted(rows, "row") if changed else f"{counted(rows, 'row')} came in")
    if news:
        parts.append(", ".join(news))
    if restated := {name for table in tables for name in table.restated}:
        parts.append(f"{', '.join(_slices(restated))} restated")
    for fate, word in (
        (TableStatus.SAME, "up to date"),
        (TableStatus.FAILED, "FAILED"),
        (TableStatus.NOT_RUN, "not run"),
    ):
        if count := sum(table.fate is fate for table in tables):
            parts.append(f"{count} {word}")
    if again := {name for table in tables for name in table.read_again}:
        parts.append(f"{counted(len(again), 'day')} read again, no change")
    newest = max((table.newest for table in tables if table.newest), default=None)
    return "; ".join(parts) + (f"; newest day {newest}" if newest else "")


def _slices(names: Collection[str]) -> list[str]:
    days = sum(iso_day(name) is not None for name in names)
    kinds = {"day": days, "file": len(names) - days}
    return [counted(count, kind) for kind, count in kinds.items() if count]
