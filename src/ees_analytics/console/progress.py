"""Progress of a run: bars on a terminal, a line every half minute in a log."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Collection
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from ees_analytics.console.text import few

logger = logging.getLogger(__name__)

_LOG_EVERY_SECONDS = 30.0
_WORTH_A_BAR = 10
"""Fewer slices than this are fetched too quickly for a bar."""

_screen: RichProgress | None = None
"""The bars of the current run, where there is a terminal."""


class RunProgress:
    """Progress of a run's steps; owns the terminal until the run ends."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._logged = time.monotonic()
        self._bars = _bars() if sys.stderr.isatty() else None
        self._redirected: list[tuple[logging.StreamHandler[TextIO], TextIO]] = []

    def __enter__(self) -> RunProgress:
        global _screen  # noqa: PLW0603 - one run owns the terminal
        if self._bars:
            terminal = sys.stderr
            self._task = self._bars.add_task("Steps", total=self._steps, note="")
            self._bars.start()
            _screen = self._bars
            self._redirect(terminal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _screen  # noqa: PLW0603 - as above
        if self._bars:
            _screen = None
            self._bars.stop()
            for handler, stream in self._redirected:
                handler.setStream(stream)

    def update(self, done: int, running: Collection[str]) -> None:
        """Show how many steps are done, and which are running."""
        now = few(sorted(running), 1)
        if self._bars:
            self._bars.update(self._task, completed=done, note=now)
        elif now and time.monotonic() - self._logged > _LOG_EVERY_SECONDS:
            self._logged = time.monotonic()
            logger.info("%d of %d steps done; running: %s", done, self._steps, now)

    def _redirect(self, terminal: TextIO) -> None:
        """Print log lines above the bars instead of through them."""
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is terminal:
                self._redirected.append((handler, terminal))
                handler.setStream(sys.stderr)  # now rich's


class Progress:
    """Progress of one table's fetch, in slices and rows."""

    def __init__(self, table: str, total: int) -> None:
        self._table, self._total = table, total
        self._slices = self._rows = 0
        self._started = self._logged = time.monotonic()
        self._bars = _screen if total >= _WORTH_A_BAR else None

    def __enter__(self) -> Progress:
        if self._bars:
            self._task = self._bars.add_task(self._table, total=self._total, note="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.remove_task(self._task)

    def advance(self, rows: int) -> None:
        """Count one more slice and its rows."""
        self._slices += 1
        self._rows += rows
        if self._bars:
            self._bars.update(self._task, advance=1, note=self._rate())
        elif time.monotonic() - self._logged > _LOG_EVERY_SECONDS:
            self._logged = time.monotonic()
            left = (time.monotonic() - self._started) / self._slices * (self._total - self._slices)
            logger.info(
                "%s: %d of %d fetched, %s, about %d s left",
                self._table, self._slices, self._total, self._rate(), left,
            )  # fmt: skip

    def _rate(self) -> str:
        seconds = max(time.monotonic() - self._started, 0.001)
        return f"{self._rows:,} rows, {self._rows / seconds:,.0f} rows/s"


def _bars() -> RichProgress:
    return RichProgress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
