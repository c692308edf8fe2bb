"""What Google Analytics answered to one question about one day, whatever way the answer came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.slices.slice import Flags
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot


@dataclass(frozen=True)
class ReportRequest:
    """One runReport question about one day.

    Attributes:
        day: The day, as an ISO date.
        dimensions: API names, in the order asked.
        metrics: API names, in the order asked.
        property_id: The number of the Google Analytics 4 property.
        page_rows: How many rows a page may hold (``limit``).
    """

    day: str
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    property_id: str
    page_rows: int

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that the answer must carry, in order."""
        return self.dimensions + self.metrics

    def request(self, offset: int = 0) -> dict[str, Any]:
        """The request as the REST API spells it; ordered over all dimensions, so that pages fit together."""
        return {
            "property": f"properties/{self.property_id}",
            "dateRanges": [{"startDate": self.day, "endDate": self.day}],
            "dimensions": [{"name": name} for name in self.dimensions],
            "metrics": [{"name": name} for name in self.metrics],
            "orderBys": [{"dimension": {"dimensionName": name}} for name in self.dimensions],
            "offset": str(offset),
            "limit": str(self.page_rows),
            "keepEmptyRows": False,
            "returnPropertyQuota": True,
        }

    @classmethod
    def from_request(cls, request: Mapping[str, Any]) -> ReportRequest:
        """The question of a recorded REST request; the opposite of ``request``."""
        return cls(
            day=request["dateRanges"][0]["startDate"],
            dimensions=tuple(entry["name"] for entry in request["dimensions"]),
            metrics=tuple(entry["name"] for entry in request["metrics"]),
            property_id=request["property"].removeprefix("properties/"),
            page_rows=int(request["limit"]),
        )

    def __str__(self) -> str:
        return f"{self.day}, dimensions {list(self.dimensions)}, metrics {list(self.metrics)}"


@dataclass(frozen=True)
class ResponsePage:
    """One page of an answer.

    Attributes:
        dimensions: The dimension headers, in order.
        metrics: The metric headers, in order.
        values: One text array per header, in the headers' order, all of one length.
        row_count: ``rowCount``: rows of the whole answer, whatever the page.
        metadata: What came beside the rows: see ``ReportResponse.metadata``.
    """

    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    values: Sequence[pa.Array]
    row_count: int
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows this page holds."""
        return len(self.values[0]) if self.values else 0


@dataclass(frozen=True)
class ReportResponse:
    """The whole answer about one day: all pages, found to fit together.

    Attributes:
        columns: API name to text values, in the order asked; dimensions first.
        row_count: Rows that the source stated, which is the rows there are.
        metadata: ``time_zone``, ``currency_code``, ``empty_reason``, ``sampled``, ``sampling``,
            ``subject_to_thresholding``, ``data_loss_from_other_row`` and ``quota`` (what is left of it).
        request: The first page's request as the REST API spells it, for the record.
        page_rows: How many rows each page held.
        totals: Metric to its total of the day, asked for separately with only the date as dimension;
            0.0 where that answer was empty, None where nothing was asked.
    """

    columns: Mapping[str, pa.ChunkedArray]
    row_count: int
    metadata: Mapping[str, Any]
    request: Mapping[str, Any]
    page_rows: Sequence[int] = ()
    totals: Mapping[str, float] | None = None

    @property
    def table(self) -> pa.Table:
        """The columns side by side, all text."""
        return pa.table(dict(self.columns))

    @property
    def flags(self) -> Flags:
        """The quality flags of the answer, as the ledger records them."""
        return Flags(
            sampled=bool(self.metadata.get("sampled")),
            thresholded=bool(self.metadata.get("subject_to_thresholding")),
            other_row=bool(self.metadata.get("data_loss_from_other_row")),
        )

    def unreconciled(self) -> list[str]:
        """The metrics whose values do not sum to the separately asked total, a sentence for each.

        Where Google says that it withheld rows or sampled, less than the total is no fault: the flags tell it.

        Raises:
            MalformedResponse: A value is no number.
        """
        may_be_less = self.flags.sampled or self.flags.thresholded
        found = []
        for metric, total in (self.totals or {}).items():
            values = self.sum_of(metric)
            differs = abs(values - total) > 1e-6 * max(1.0, abs(total))
            if differs and not (may_be_less and values < total):
                found.append(f"{metric}: the rows sum to {values:,.0f}, the day's total is {total:,.0f}")
        return found

    def sum_of(self, metric: str) -> float:
        """The sum of a metric over all rows.

        Raises:
            MalformedResponse: A value is no number.
        """
        try:
            return float(pc.sum(pc.cast(self.columns[metric], pa.float64())).as_py() or 0.0)
        except pa.ArrowInvalid as error:
            raise MalformedResponse(
                f"Google Analytics: {metric} is no number ({error})", self.table
            ) from error


class PagedResponse:
    """Puts the pages of one answer together, and refuses those that do not fit."""

    def __init__(self, question: ReportRequest) -> None:
        """Start with no page."""
        self.question = question
        self._pages: list[ResponsePage] = []
        self._received = 0

    @property
    def received(self) -> int:
        """Rows received so far: the offset of the next page."""
        return self._received

    @property
    def complete(self) -> bool:
        """True when the rows that the source stated have come."""
        return bool(self._pages) and self._received == self._pages[0].row_count

    def add(self, page: ResponsePage) -> None:
        """Take the next page.

        Raises:
            MalformedResponse: The headers are not those asked for, or the page is too long.
            UnstableSnapshot: The stated row count moved, or rows are missing from the page.
        """
        self._check_headers(page)
        stated = self._pages[0].row_count if self._pages else page.row_count
        self._pages.append(page)
        if page.row_count != stated:
            raise UnstableSnapshot(
                f"{self._where}: rowCount moved from {stated} to {page.row_count} between two pages: "
                "the data changed while it was read. Fetch the day again.",
                self._rows(),
            )
        expected = min(self.question.page_rows, stated - self._received)
        self._received += page.rows
        if page.rows > expected:
            raise MalformedResponse(
                f"{self._where}: the page holds {page.rows} rows, at most {expected} were due.", self._rows()
            )
        if page.rows < expected:
            raise UnstableSnapshot(
                f"{self._where}: the page holds {page.rows} rows, {expected} were due (rowCount {stated}, "
                f"{self._received} received in all). Fetch the day again; if it stays so, lower page_rows.",
                self._rows(),
            )

    def answer(self, totals: Mapping[str, float] | None = None) -> ReportResponse:
        """The whole answer.

        Raises:
            UnstableSnapshot: The pages are not complete, or a key came more than once.
        """
        rows = self._rows()
        if not self.complete:
            raise UnstableSnapshot(f"{self._where}: {self._received} rows received, more were stated.", rows)
        self._check_keys(rows)
        return ReportResponse(
            columns={name: rows[name] for name in self.question.headers},
            row_count=self._received,
            metadata=self._pages[-1].metadata,
            request=self.question.request(),
            page_rows=tuple(page.rows for page in self._pages),
            totals=totals,
        )

    @property
    def _where(self) -> str:
        offset = sum(page.rows for page in self._pages[:-1])
        return f"Google Analytics, {self.question}, page at offset {offset}"

    def _rows(self) -> pa.Table:
        names = self.question.headers
        parts = [pa.table(dict(zip(names, page.values, strict=True))) for page in self._pages if page.values]
        empty = pa.schema([(name, pa.string()) for name in names]).empty_table()
        return pa.concat_tables([empty, *parts])

    def _check_headers(self, page: ResponsePage) -> None:
        asked, got = self.question, (page.dimensions, page.metrics)
        if got == ((), ()) and page.row_count == 0 and page.rows == 0:
            return
        if got != (asked.dimensions, asked.metrics) or len(page.values) != len(asked.headers):
            raise MalformedResponse(
                f"Google Analytics, {asked}: the headers are dimensions {list(page.dimensions)}, metrics "
                f"{list(page.metrics)}. They must be those asked for, in that order."
            )

    def _check_keys(self, rows: pa.Table) -> None:
        keys = rows.select(list(self.question.dimensions))
        if _distinct(keys) == keys.num_rows:
            return
        counted = keys.group_by(keys.column_names).aggregate([([], "count_all")])
        repeated = counted.filter(pc.greater(counted["count_all"], 1))
        raise UnstableSnapshot(
            f"Google Analytics, {self.question}: {repeated.num_rows} key(s) came more than once, for example "
            f"{repeated.slice(0, 3).to_pylist()}: a page was repeated or moved. Fetch the day again.",
            rows,
        )


def _distinct(keys: pa.Table) -> int:
    """How many different rows there are: each row becomes one number (5 times faster than grouping)."""
    numbers, bound = np.zeros(keys.num_rows, dtype=np.int64), 1
    for column in keys.columns:
        encoded = column.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        width = max(1, len(encoded.dictionary))
        if bound * width > 2**62:
            found, numbers = np.unique(numbers, return_inverse=True)
            bound = len(found)
        numbers, bound = numbers * width + np.asarray(encoded.indices), bound * width
    return len(np.unique(numbers))
