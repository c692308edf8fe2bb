"""The response of Search Console about one day, put together from its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts.checks import duplicate_failures
from ees_analytics.slices.slice import Flags
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot
from ees_analytics.sources.search_console.page import COUNTS, DIMENSIONS, rows_to_arrow

MAX_PAGE_ROWS = 25_000
DAY_CAP = 50_000
"""Search Console has no more rows of one day and type than this: the tail is cut."""


@dataclass(frozen=True)
class SearchRequest:
    """One searchanalytics.query about one day.

    Attributes:
        day: The day in Pacific time, as an ISO date.
        site: The Search Console property.
        page_rows: How many rows a page may have (``rowLimit``).
    """

    day: str
    site: str
    page_rows: int = MAX_PAGE_ROWS

    def request(self, start_row: int = 0) -> dict[str, Any]:
        """The body that requests the rows from ``start_row`` on."""
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
        """The body that requests the day's totals, counted by page as the rows are."""
        return {**self.request(), "dimensions": ["date"], "aggregationType": "byPage", "rowLimit": 10}

    def __str__(self) -> str:
        return f"Search Console, {self.site}, {self.day}"


@dataclass(frozen=True)
class SearchResponse:
    """All rows of one day.

    Attributes:
        rows: ``date``, ``query``, ``page`` as text, ``clicks``, ``impressions``, ``position`` as numbers.
        totals: ``clicks`` and ``impressions`` of the day, from a separate request with the date as only dimension;
            0.0 where that response was empty.
        pages: How many rows each page had.
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
    def may_be_unpublished(self) -> bool:
        """Whether there are no rows; the totals of a day may be published before its rows."""
        return self.rows.num_rows == 0

    @property
    def sums(self) -> dict[str, float]:
        """The sums of the rows' counts."""
        return {name: float(pc.sum(self.rows[name]).as_py() or 0.0) for name in COUNTS}

    @property
    def coverage(self) -> dict[str, float | None]:
        """The share of the day's totals that is in the rows; None where the total is 0."""
        sums = self.sums
        return {name: sums[name] / total if total else None for name, total in self.totals.items()}

    @property
    def metadata(self) -> dict[str, Any]:
        """What is recorded beside the rows."""
        return {"totals": dict(self.totals), "coverage": self.coverage, "page_rows": list(self.pages)}

    def above_totals(self) -> list[str]:
        """The counts whose rows sum to more than the day's total, a sentence for each.

        Less is normal: queries that few people make are withheld, and the row limit cuts the tail.
        """
        sums = self.sums
        return [
            f"{name}: the rows sum to {sums[name]:,.0f}, the day's total is {total:,.0f}"
            for name, total in self.totals.items()
            if sums[name] > total + 1e-6 * max(1.0, abs(total))
        ]


@dataclass
class PagedSearchResponse:
    """Puts the pages of one day together, and refuses those that do not fit.

    Attributes:
        request: The request.
        rows: The rows received so far.
        pages: How many rows each page had; pages without rows are not counted.
    """

    request: SearchRequest
    rows: pa.Table = field(default_factory=lambda: rows_to_arrow([]))
    pages: list[int] = field(default_factory=list)
    _empty_pages: int = 0

    @property
    def complete(self) -> bool:
        """True once a page came without rows: a short page is not the end.

        After a full page it must come twice: a response that lost its rows on the way looks the same.
        """
        last_is_full = bool(self.pages) and self.pages[-1] >= self.request.page_rows
        return self._empty_pages >= (2 if last_is_full else 1)

    def add(self, page: pa.Table) -> None:
        """Add the next page.

        Raises:
            MalformedResponse: It has more rows than requested, or the day has far more than possible.
            UnstableSnapshot: It has a row that came before, or rows follow the end.
        """
        self.rows = pa.concat_tables([self.rows, page])
        if page.num_rows > self.request.page_rows:
            raise MalformedResponse(
                f"{self.request}: a page of {page.num_rows} rows, at most {self.request.page_rows} were requested.",
                self.rows,
            )
        if not page.num_rows:
            self._empty_pages += 1
            return
        self.pages.append(page.num_rows)
        problems = duplicate_failures(self.rows, DIMENSIONS)
        if self._empty_pages:
            problems.append("rows follow a page without rows")
        if problems:
            raise UnstableSnapshot(
                f"{self.request}: {'; '.join(problems)}: a page was repeated or moved. Fetch the day again.",
                self.rows,
            )
        if self.rows.num_rows > 2 * DAY_CAP:
            raise MalformedResponse(
                f"{self.request}: {self.rows.num_rows} rows and no end; a day has at most {DAY_CAP}.",
                self.rows,
            )

    def response(self, totals: Mapping[str, float]) -> SearchResponse:
        """The whole response; ``complete`` must be true."""
        return SearchResponse(self.rows, totals, self.pages, self.request.request())
