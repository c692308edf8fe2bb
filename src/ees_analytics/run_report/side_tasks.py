"""What a run did besides building tables: backup, restore, import, export and maintenance."""

from collections import Counter
from typing import Any

from ees_analytics.console.text import counted

_COUNTED = {
    "copy": len,  # days, files or runs to their rows
    "restored": lambda batch: batch.rows.num_rows,
    "frozen": lambda rows: rows.num_rows,
    "export": len,
    "maintained": lambda outcome: outcome["seconds"] is not None,
    "backup": lambda outcome: outcome["rows"],
    "restore": lambda outcome: outcome["rows"],
}
"""First part of a dataset's name to what is counted when it is saved."""


class SideTasks:
    """Counts saves."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {kind: Counter() for kind in _COUNTED}
        self._maintained: dict[str, Any] = {}

    def saved(self, name: str, data: Any) -> None:
        """Count one save of ``<kind>.<table>``; of backup and restore only the outcome of each table's check."""
        kind, _, table = name.partition(".")
        if kind in _COUNTED and (kind not in ("backup", "restore") or name.endswith(".outcome")):
            self._counts[kind][table] += _COUNTED[kind](data)
        if kind == "maintained" and data["seconds"] is not None:
            self._maintained[table] = data

    def summary(self) -> dict[str, str]:
        """Task to its result in a few words; empty for a run that only built tables."""
        copied, restored = self._counts["copy"].total(), self._counts["restored"].total()
        parts = "day, file or run" if copied == 1 else "days, files and runs"
        copies = f"{copied:,} {parts} copied in this run" if copied else "nothing new to copy"
        returned = f"{counted(restored, 'row')} restored in this run" if restored else "nothing was missing"
        results = {
            "backup": ("Backup", f"{{extent}} backed up and verified; {copies}"),
            "restore": ("Restore", f"{{extent}} are the same in lake and backup; {returned}"),
            "frozen": ("Import", "{extent} imported"),
            "export": ("Export", "{extent} written"),
            "maintained": ("Maintenance", self._maintenance()),
        }
        return {
            title: result.format(extent=self._extent(kind))
            for kind, (title, result) in results.items()
            if self._counts[kind]
        }

    def _maintenance(self) -> str:
        """What was done to the tables, and what their catalogue did not allow."""
        tables = self._maintained.items()
        done = sum(not outcome["refused"] for _, outcome in tables)
        parts = [f"merged small files and deleted old ones in {counted(done, 'table')}"]
        refused = Counter(operation for _, outcome in tables for operation in outcome["refused"])
        for operation, count in refused.items():
            parts.append(f"{operation} not done in {counted(count, 'table')} that the catalogue maintains")
        parts += [
            f"{name} gained {', '.join(outcome['added'])}" for name, outcome in tables if outcome["added"]
        ]
        return "; ".join(parts)

    def _extent(self, kind: str) -> str:
        """How many rows and tables; empty and absent tables do not count."""
        counts = [count for count in self._counts[kind].values() if count]
        return f"{counted(sum(counts), 'row')} of {counted(len(counts), 'table')}"
