"""What Search Console answered about one day, whatever way the answer came."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.slices.slice import Flags
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot

DIMENSIONS = ("date", "query", "page")
METRICS = ("clicks", "impressions", "position")
COUNTS = ("clicks", "impressions")
"""The metrics whose parts sum to the day's totals, as far as rows are not withheld."""

MAX_PAGE_ROWS = 25_000
DAY_CAP = 50_000
"""Search Console has no more rows of one day and type than this: the tail is cut."""

SCHEMA = pa.schema([(name, pa.string()) for name in DIMENSIONS] + [(name, pa.float64()) for name in METRICS])

_PARTS = {"rows", "responseAggregationType", "metadata"}
"""What an answer may consist of; one without rows leaves ``rows`` out."""

Row = tuple[str | float, ...]


@dataclass(frozen=True)
class SearchRequest:
    """One searchanalytics.query about one day.

    Attributes:
        day: The day in Pacific time, as an ISO date.
        site: The Search Console property.
        page_rows: How many rows a page may hold (``rowLimit``).
    """

    day: str
    site: str
    page_rows: int = MAX_PAGE_ROWS

    def request(self, start_row: int = 0) -> dict[str, Any]:
        """The body that asks for the rows from ``start_row`` on."""
        return {
            "startDate": self.day,
            "endDate": self.day,
            "dimensions": list(DIMENSIONS),
            "type": "web",
            "dataState": "final",
            "rowLimit": self.page_rows,
            "startRow": start_row,
        }

    def totals_request(self) -> dict[str, Any]:
        """The body that asks for the day's totals, counted by page as the rows are."""
        return {**self.request(), "dimensions": ["date"], "aggregationType": "byPage", "rowLimit": 10}

    def __str__(self) -> str:
        return f"Search Console, {self.site}, {self.day}"


@dataclass(frozen=True)
class SearchResponse:
    """The whole answer about one day.

    Attributes:
        rows: ``date``, ``query``, ``page`` as text, ``clicks``, ``impressions``, ``position`` as numbers.
        totals: ``clicks`` and ``impressions`` of the day, asked for separately with only the date as dimension;
            0.0 where that answer was empty.
        pages: How many rows each page held.
        request: The first page's request, for the record.
    """

    rows: pa.Table
    totals: Mapping[str, float]
    pages: Sequence[int]
    request: Mapping[str, Any]

    @property
    def flags(self) -> Flags:
        """The quality flags, as the ledger records them."""
        return Flags(capped=self.rows.num_rows >= DAY_CAP)

    @property
    def is_empty(self) -> bool:
        """True where neither rows nor totals tell of anything."""
        return self.rows.num_rows == 0 and not any(self.totals.values())

    @property
    def sums(self) -> dict[str, float]:
        """What the rows sum to."""
        return {name: float(pc.sum(self.rows[name]).as_py() or 0.0) for name in COUNTS}

    @property
    def coverage(self) -> dict[str, float | None]:
        """The share of the day's totals that the rows hold; None where the total is 0."""
        sums = self.sums
        return {name: sums[name] / total if total else None for name, total in self.totals.items()}

    @property
    def metadata(self) -> dict[str, Any]:
        """What is kept beside the rows."""
        return {"totals": dict(self.totals), "coverage": self.coverage, "page_rows": list(self.pages)}

    def above_totals(self) -> list[str]:
        """The counts whose rows sum to more than the day has, a sentence for each.

        Less is normal: queries that few people make are withheld, and so is what the row limit cuts.
        """
        sums = self.sums
        return [
            f"{name}: the rows sum to {sums[name]:,.0f}, the day's total is {total:,.0f}"
            for name, total in self.totals.items()
            if sums[name] > total + 1e-6 * max(1.0, abs(total))
        ]


@dataclass
class PagedSearchResponse:
    """Puts the pages of one day together, and refuses those that do not fit."""

    question: SearchRequest
    _rows: list[Row] = field(default_factory=list)
    _keys: set[Row] = field(default_factory=set)
    _pages: list[int] = field(default_factory=list)

    @property
    def received(self) -> int:
        """Rows received so far: the row at which the next page starts."""
        return len(self._rows)

    @property
    def complete(self) -> bool:
        """True once a page came without rows: a short page is not the end.

        Where the page before was full, the page without rows must come twice: an answer that got lost on its way
        looks alike.
        """
        empty = len(self._pages) - len(self.pages)
        return empty >= (2 if self.pages and self.pages[-1] >= self.question.page_rows else 1)

    @property
    def pages(self) -> list[int]:
        """How many rows each page held; pages without rows are not counted."""
        return [rows for rows in self._pages if rows]

    def add(self, rows: Sequence[Row]) -> None:
        """Take the next page.

        Raises:
            MalformedResponse: It holds more rows than were asked for, or the day has far more than there can be.
            UnstableSnapshot: It holds a row that came before, or rows follow the end.
        """
        if len(rows) > self.question.page_rows:
            raise MalformedResponse(
                f"{self.question}: the page holds {len(rows)} rows, at most {self.question.page_rows} were asked for.",
                rows_to_arrow([*self._rows, *rows]),
            )
        if rows and 0 in self._pages:
            raise UnstableSnapshot(
                f"{self.question}: rows follow a page without rows at row {self.received}. Fetch the day again.",
                rows_to_arrow([*self._rows, *rows]),
            )
        self._pages.append(len(rows))
        self._rows.extend(rows)
        keys = [row[: len(DIMENSIONS)] for row in rows]
        self._keys.update(keys)
        if len(self._keys) < len(self._rows):
            raise UnstableSnapshot(
                f"{self.question}: {len(self._rows) - len(self._keys)} row(s) came more than once: a page was repeated "
                "or moved. Fetch the day again.",
                rows_to_arrow(self._rows),
            )
        if self.received > 2 * DAY_CAP:
            raise MalformedResponse(
                f"{self.question}: {self.received} rows and no end; a day has at most {DAY_CAP}.",
                rows_to_arrow(self._rows),
            )

    def answer(self, totals: Mapping[str, float]) -> SearchResponse:
        """The whole answer; ``complete`` must hold."""
        return SearchResponse(rows_to_arrow(self._rows), totals, self.pages, self.question.request())


def rows_of_page(body: Any) -> list[Row]:
    """The rows of one answer: date, query and page, then clicks, impressions and position.

    Raises:
        MalformedResponse: The body is no answer; nothing but one is ever taken for an empty page.
    """
    return [_row(entry, len(DIMENSIONS), METRICS) for entry in _entries(body)]


def totals_of(body: Any, day: str) -> dict[str, float]:
    """Clicks and impressions of the day, from an answer whose only dimension is the date; 0.0 where it has no row.

    Raises:
        MalformedResponse: The body is no answer, or about something else than this day.
    """
    rows = [_row(entry, 1, COUNTS) for entry in _entries(body)]
    if len(rows) > 1 or any(row[0] != day for row in rows):
        raise MalformedResponse(
            f"Search Console: asked for the totals of {day}, got {[row[0] for row in rows][:3]}"
        )
    values = rows[0][1:] if rows else (0.0,) * len(COUNTS)
    return {name: float(value) for name, value in zip(COUNTS, values, strict=True)}


def rows_to_arrow(rows: Iterable[Row]) -> pa.Table:
    """Rows side by side, as an answer holds them."""
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    return pa.table(
        [pa.array(values, kind.type) for values, kind in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def _entries(body: Any) -> list[Mapping[str, Any]]:
    if not isinstance(body, Mapping) or body.keys() - _PARTS:
        raise MalformedResponse(
            f"Search Console answered with something that is no answer: {str(body)[:200]!r}"
        )
    entries = body.get("rows", [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise MalformedResponse(f"Search Console answered with rows that are none: {str(entries)[:200]!r}")
    return entries


def _row(entry: Mapping[str, Any], width: int, metrics: Sequence[str]) -> Row:
    keys = entry.get("keys")
    values = [entry.get(name) for name in metrics]
    whole = isinstance(keys, list) and len(keys) == width and all(isinstance(key, str) for key in keys)
    if not whole or not all(map(_is_number, values)):
        raise MalformedResponse(
            f"Search Console answered with a row whose parts do not fit: {str(entry)[:200]!r}"
        )
    return (*(keys or ()), *map(float, values))  # type: ignore[arg-type]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
