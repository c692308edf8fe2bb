"""How far a run is: bars on a terminal, now and then a plain line in a log."""

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
"""Fewer slices than this pass too quickly for a bar."""

_screen: RichProgress | None = None
"""The bars of the run that goes on, where there is a terminal."""


class RunProgress:
    """Counts the steps of a run, and has the terminal while it goes on."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._logged = time.monotonic()
        self._bars = _bars() if sys.stderr.isatty() else None
        self._redirected: list[tuple[logging.StreamHandler[TextIO], TextIO]] = []

    def __enter__(self) -> RunProgress:
        global _screen  # noqa: PLW0603 - one run has the terminal
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

    def tell(self, done: int, at_work: Collection[str]) -> None:
        """Say how many steps are done, and which are at work."""
        now = few(sorted(at_work), 1)
        if self._bars:
            self._bars.update(self._task, completed=done, note=now)
        elif now and time.monotonic() - self._logged > _LOG_EVERY_SECONDS:
            self._logged = time.monotonic()
            logger.info("%d of %d steps done; at work: %s", done, self._steps, now)

    def _redirect(self, terminal: TextIO) -> None:
        """Let the log's lines appear above the bars instead of in them."""
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is terminal:
                self._redirected.append((handler, terminal))
                handler.setStream(sys.stderr)  # rich's, now


class Progress:
    """Counts slices and rows of one table's fetch."""

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
        """Count one more slice with its rows."""
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
