"""What a run did beside making tables: copies, restores, imports, exports, maintenance; in words."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from ees_analytics.console.text import counted

_SIZE: Mapping[str, Callable[[Any], int]] = {
    "copy": len,  # days, files or runs to their rows
    "restored": lambda batch: batch.rows.num_rows,
    "frozen": lambda rows: rows.num_rows,
    "export": len,
    "upkeep": lambda _: 0,
}
"""The beginning of a dataset's name to what is counted of a save."""


class SideTasks:
    """Counts saves. Its methods are called from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sizes: dict[str, Counter[str]] = {kind: Counter() for kind in _SIZE}
        self._proven: dict[str, dict[str, int]] = {"backup": {}, "restore": {}}

    def saved(self, name: str, data: Any) -> None:
        """Note one save of ``<kind>.<table>``, or what a check of backup or restore found."""
        kind, _, table = name.partition(".")
        with self._lock:
            if kind in self._sizes:
                self._sizes[kind][table] += _SIZE[kind](data)
            elif kind in self._proven and name.endswith(".outcome"):
                self._proven[kind][data["table"]] = data["rows"]

    def in_words(self) -> dict[str, str]:
        """What was done to what came of it."""
        told = {}
        if tables := self._proven["backup"]:
            copied = sum(self._sizes["copy"].values())
            units = "day, file or run" if copied == 1 else "days, files and runs"
            news = f"{copied:,} {units} copied now" if copied else "nothing was new"
            told["Backup"] = f"{_tables(tables)} lie in it, verified; {news}"
        if tables := self._proven["restore"]:
            rows = sum(self._sizes["restored"].values())
            news = f"{rows:,} brought back now" if rows else "nothing was missing"
            told["Restore"] = f"{_tables(tables)} are in the lake as in the backup; {news}"
        if tables := self._sizes["frozen"]:
            told["Import"] = f"{_tables(tables)} imported"
        if tables := self._sizes["export"]:
            told["Export"] = f"{_tables(tables)} written"
        if self._sizes["upkeep"]:
            told["Maintenance"] = "small files merged and old ones deleted, in every table that is there"
        return told


def _tables(rows: Mapping[str, int]) -> str:
    """How many rows of how many tables; one that is empty or not there does not count."""
    held = [count for count in rows.values() if count]
    return f"{counted(sum(held), 'row')} of {counted(len(held), 'table')}"
