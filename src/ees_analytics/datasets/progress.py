"""Progress of a backfill: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import logging
import sys
import threading
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

logger = logging.getLogger(__name__)

_LOG_EVERY_SECONDS = 30.0
_WORTH_A_BAR = 10
"""Fewer slices than this pass too quickly for a bar."""

_terminal = threading.Lock()
"""One bar at a time: a second backfill that starts meanwhile writes plain lines."""


class Progress:
    """Counts slices and rows of one table's fetch."""

    def __init__(self, table: str, total: int) -> None:
        self._table, self._total = table, total
        self._slices = self._rows = 0
        self._started = self._logged = time.monotonic()
        wanted = total >= _WORTH_A_BAR and sys.stderr.isatty()
        self._owns_terminal = wanted and _terminal.acquire(blocking=False)
        self._bar = _rich_bar() if self._owns_terminal else None
        self._task = self._bar.add_task(table, total=total, rate="") if self._bar else None

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()
            _terminal.release()

    def advance(self, rows: int) -> None:
        """Count one more slice with its rows."""
        self._slices += 1
        self._rows += rows
        if self._bar and self._task is not None:
            self._bar.update(self._task, advance=1, rate=self._rate())
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


def _rich_bar() -> RichProgress:
    return RichProgress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
