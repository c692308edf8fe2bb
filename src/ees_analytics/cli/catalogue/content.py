"""What a table has now: its days and its newest rows."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kedro.io import DatasetError

from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.ingest import as_date, days_between

_ROWS = 10
_DAYS = 14
_LENGTH = 200
"""Characters of a value that are shown."""


@dataclass(frozen=True)
class Content:
    """What was found of one table.

    Attributes:
        location: Its folder, or its name in a catalogue.
        problem: Why it could not be read; empty where it could.
        days: Rows by day, of all days from the first to the newest; empty for a table without days.
        newest: The newest rows; the first ones of a table without days. A hidden value is None in ``hidden``'s columns.
    """

    location: str
    problem: str = ""
    exists: bool = False
    rows: int = 0
    days: Mapping[dt.date, int] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    newest: list[list[str | None]] = field(default_factory=list)
    hidden: frozenset[str] = frozenset()

    @property
    def days_with_rows(self) -> list[dt.date]:
        """The days that have rows, in order."""
        return [day for day, rows in self.days.items() if rows]

    @property
    def days_without_rows(self) -> list[str]:
        """The days between the first and the newest that have none, as ISO dates."""
        return [day.isoformat() for day, rows in self.days.items() if not rows]

    @property
    def newest_days(self) -> list[tuple[dt.date, int]]:
        """The newest days with their rows, the newest first."""
        return list(self.days.items())[: -_DAYS - 1 : -1]


def content_of(dataset: TableDataset, contract: TableContract, personal: bool) -> Content:
    """What the table has, with ``personal`` data or without; a table that is absent or damaged is not an error."""
    location = dataset.storage.location
    try:
        if not dataset.exists():
            return Content(location)
        counts = dataset.storage.slice_counts(column) if (column := contract.day_column) else {}
        preview: Any = dataset.preview(_ROWS)
    except DatasetError as error:
        return Content(location, problem=str(error))
    shown = {column.name for column in contract.columns if personal or not column.personal}
    hidden = frozenset(preview["columns"]) - shown
    return Content(
        location,
        exists=True,
        rows=sum(counts.values()) if counts else dataset.storage.count(),
        days=_all_days(counts),
        columns=preview["columns"],
        newest=[_short(row, preview["columns"], hidden) for row in preview["data"]],
        hidden=hidden,
    )


def _all_days(counts: Mapping[str, int]) -> dict[dt.date, int]:
    found = [day for day in counts if day]
    days = days_between(as_date(min(found)), as_date(max(found))) if found else []
    return {as_date(day): counts.get(day, 0) for day in days}


def _short(row: list[str | None], columns: list[str], hidden: frozenset[str]) -> list[str | None]:
    values = [None if name in hidden else value for name, value in zip(columns, row, strict=True)]
    return [f"{text[: _LENGTH - 1]}…" if text and len(text) > _LENGTH else text for text in values]
