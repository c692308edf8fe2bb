"""The response to one report request about one day, put together from its pages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts.checks import duplicate_failures
from ees_analytics.slices.slice import Flags
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot
from ees_analytics.sources.ga4.page import ReportRequest, ResponsePage


@dataclass(frozen=True)
class ReportResponse:
    """All rows of one day.

    Attributes:
        rows: API names as columns, dimensions first, all text.
        metadata: ``time_zone``, ``currency_code``, ``empty_reason``, ``sampled``, ``sampling``,
            ``subject_to_thresholding``, ``data_loss_from_other_row`` and ``quota`` (what is left of it).
        request: The first page's request, for the record.
        totals: Metric to its total of the day, from a separate request with the date as only dimension;
            0.0 where that response was empty, None where there was no such request.
    """

    rows: pa.Table
    metadata: Mapping[str, Any]
    request: Mapping[str, Any]
    totals: Mapping[str, float] | None = None

    @property
    def may_be_unpublished(self) -> bool:
        """Whether there are neither rows nor totals above 0, as for a day that is not published yet."""
        return self.rows.num_rows == 0 and not any((self.totals or {}).values())

    @property
    def flags(self) -> Flags:
        """The quality flags, as the ledger records them."""
        return Flags(
            sampled=bool(self.metadata.get("sampled")),
            thresholded=bool(self.metadata.get("subject_to_thresholding")),
            other_row=bool(self.metadata.get("data_loss_from_other_row")),
        )

    def unreconciled(self) -> list[str]:
        """The metrics whose rows do not sum to the day's total, a sentence for each.

        Where Google withheld rows or sampled, less than the total is normal; the flags record it.

        Raises:
            MalformedResponse: A value is not a finite number.
        """
        may_be_less = self.flags.sampled or self.flags.thresholded
        found = []
        for metric, total in (self.totals or {}).items():
            values = sum_of(self.rows[metric], metric)
            differs = abs(values - total) > 1e-6 * max(1.0, abs(total))
            if differs and not (may_be_less and values < total):
                found.append(f"{metric}: the rows sum to {values:,.0f}, the day's total is {total:,.0f}")
        return found


def sum_of(values: pa.Array, metric: str) -> float:
    """The sum of a metric's text values; 0.0 where there are none.

    Raises:
        MalformedResponse: A value is not a finite number.
    """
    try:
        total = float(pc.sum(pc.cast(values, pa.float64())).as_py() or 0.0)
    except pa.ArrowInvalid as error:
        raise MalformedResponse(f"Google Analytics: {metric} is not a number ({error})") from error
    if not math.isfinite(total):
        raise MalformedResponse(f"Google Analytics: {metric} is not a finite number: it sums to {total}")
    return total


@dataclass
class PagedResponse:
    """Puts the pages of one response together, and refuses those that do not fit.

    Attributes:
        request: The request.
        rows: The rows received so far.
        last_page: The page that came last.
    """

    request: ReportRequest
    rows: pa.Table = field(init=False)
    last_page: ResponsePage | None = None

    def __post_init__(self) -> None:
        self.rows = pa.schema([(name, pa.string()) for name in self.request.headers]).empty_table()

    @property
    def complete(self) -> bool:
        """True when all rows of the stated ``rowCount`` were received."""
        return self.last_page is not None and self.rows.num_rows == self.last_page.row_count

    def add(self, page: ResponsePage) -> None:
        """Add the next page.

        Raises:
            MalformedResponse: The headers are not the requested ones, or the page is too long.
            UnstableSnapshot: The stated row count changed, or the page lacks rows.
        """
        offset, rows = self.rows.num_rows, page.rows.num_rows
        stated = self.last_page.row_count if self.last_page else page.row_count
        self._append(page)
        expected = min(self.request.page_rows, stated - offset)
        where = f"Google Analytics, {self.request}, page at offset {offset}"
        if page.row_count != stated:
            raise UnstableSnapshot(
                f"{where}: rowCount changed from {stated} to {page.row_count} between two pages: the data changed "
                "while it was read. Fetch the day again.",
                self.rows,
            )
        if rows > expected:
            raise MalformedResponse(
                f"{where}: the page has {rows} rows, at most {expected} were expected.", self.rows
            )
        if rows < expected:
            raise UnstableSnapshot(
                f"{where}: the page has {rows} rows, {expected} were expected (rowCount {stated}, "
                f"{self.rows.num_rows} received in all). Fetch the day again; if this persists, lower page_rows.",
                self.rows,
            )

    def response(self, totals: Mapping[str, float] | None = None) -> ReportResponse:
        """The whole response.

        Raises:
            UnstableSnapshot: Pages are missing, or a key occurs more than once.
        """
        if self.last_page is None or not self.complete:
            raise UnstableSnapshot(
                f"Google Analytics, {self.request}: {self.rows.num_rows} rows received, more were stated.",
                self.rows,
            )
        if repeated := duplicate_failures(self.rows, self.request.dimensions):
            raise UnstableSnapshot(
                f"Google Analytics, {self.request}: {'; '.join(repeated)}: a page was repeated or moved. Fetch the "
                "day again.",
                self.rows,
            )
        return ReportResponse(self.rows, self.last_page.metadata, self.request.request(), totals)

    def _append(self, page: ResponsePage) -> None:
        self.last_page = page
        if page.rows.column_names == self.request.headers:
            self.rows = pa.concat_tables([self.rows, page.rows])
        elif page.rows.column_names or page.row_count:
            raise MalformedResponse(
                f"Google Analytics, {self.request}: the headers are {page.rows.column_names}. They must be the "
                "requested ones, in that order."
            )
