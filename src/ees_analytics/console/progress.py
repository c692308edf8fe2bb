"""Progress of a run: bars on a terminal, a line every half minute in a log."""

import logging
import sys
import time
from collections.abc import Collection
from contextlib import ExitStack
from typing import ClassVar, Self

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from ees_analytics.console.text import counted, few

logger = logging.getLogger(__name__)

_LOG_EVERY_SECONDS = 30.0
_WORTH_A_BAR = 10
"""Fewer slices than this are fetched too quickly for a bar."""


class _Task(ExitStack):
    """One bar; without a terminal, lines in the log."""

    screen: ClassVar[RichProgress | None] = None
    """The bars of the current run, where there is a terminal."""

    def __init__(self, description: str, total: int, unit: str, bars: RichProgress | None) -> None:
        super().__init__()
        self._total, self._bars = total, bars
        self._started = self._logged = time.monotonic()
        if bars:
            self._bar = bars.add_task(description, total=total, unit=unit, note="")
            self.callback(bars.remove_task, self._bar)

    def _show(self, done: int, note: str, line: str) -> None:
        if self._bars:
            self._bars.update(self._bar, completed=done, note=note)
        elif line and time.monotonic() - self._logged > _LOG_EVERY_SECONDS:
            self._logged = time.monotonic()
            logger.info(line)


class RunProgress(_Task):
    """Progress of a run's steps; a context manager that owns the terminal until the run ends."""

    def __init__(self, steps: int) -> None:
        super().__init__("Run", steps, "steps", _bars())

    def __enter__(self) -> Self:
        if self._bars:
            terminal = sys.stderr
            self.enter_context(self._bars)
            _Task.screen = self._bars
            self.callback(setattr, _Task, "screen", None)
            for handler in logging.getLogger().handlers:
                if isinstance(handler, logging.StreamHandler) and handler.stream is terminal:
                    handler.setStream(sys.stderr)  # now rich's, which prints lines above the bars
                    self.callback(handler.setStream, terminal)
        return self

    def update(self, done: int, running: Collection[str]) -> None:
        """Show how many steps are done, and which are running."""
        now = few(sorted(running), 1)
        self._show(done, now, f"{done} of {self._total} steps done; running: {now}" if now else "")


class Progress(_Task):
    """Progress of one table's fetch, in slices and rows; a context manager."""

    def __init__(self, table: str, total: int, unit: str) -> None:
        """Count slices of this unit, such as ``day``."""
        super().__init__(table, total, f"{unit}s fetched", self.screen if total >= _WORTH_A_BAR else None)
        self._table, self._unit = table, unit
        self._slices = self._rows = 0

    def advance(self, rows: int) -> None:
        """Count one more slice and its rows."""
        self._slices += 1
        self._rows += rows
        seconds = max(time.monotonic() - self._started, 0.001)
        left = seconds / self._slices * (self._total - self._slices)
        rate = f"{self._rows:,} rows, {self._rows / seconds:,.0f} rows/s"
        fetched = f"{self._slices} of {counted(self._total, self._unit)} fetched"
        self._show(self._slices, rate, f"{self._table}: {fetched}, {rate}, about {left:.0f} s left")


def _bars() -> RichProgress | None:
    """Bars for a terminal that can redraw lines, unless NO_COLOR asks for plain text."""
    console = Console(stderr=True)
    if not sys.stderr.isatty() or console.is_dumb_terminal or console.no_color:
        return None
    return RichProgress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=12),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} {task.fields[unit]}"),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
