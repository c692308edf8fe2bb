"""The response of Search Console about one day, put together from its pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.slices.slice import Flags
from ees_analytics.sources.day_response import DayResponse, refuse_repeated, sum_of
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot

DIMENSIONS = ("date", "query", "page")
METRICS = ("clicks", "impressions", "position")
COUNTS = ("clicks", "impressions")
"""The metrics whose parts sum to the day's totals, as far as rows are not withheld."""

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


def read_pages(request: SearchRequest, pages: Iterable[pa.Table]) -> list[pa.Table]:
    """The pages with rows, read until one comes without: a short page is not the end.

    After a full page it must come twice: a response that lost its rows on the way looks the same.

    Raises:
        MalformedResponse: A page has more rows than requested, or the day has far more than possible.
        UnstableSnapshot: A row came before, or rows follow the end, or the end is missing.
    """
    found: list[pa.Table] = []
    empty_pages = 0
    for page in pages:
        if page.num_rows:
            found.append(page)
            _check(request, found, empty_pages)
            continue
        empty_pages += 1
        last_is_full = bool(found) and found[-1].num_rows >= request.page_rows
        if empty_pages == (2 if last_is_full else 1):
            return found
    raise UnstableSnapshot(f"{request}: the pages end before one without rows.")


def response_of(
    pages: Sequence[pa.Table], totals: Mapping[str, float], request: Mapping[str, Any]
) -> DayResponse:
    """The response: ``date``, ``query``, ``page`` as text, ``clicks``, ``impressions``, ``position`` as numbers.

    Its metadata has the totals, how many rows each page had, and the coverage: the share of the day's totals that is
    in the rows, None where the total is 0. Queries that few people make are withheld, and the row limit cuts the tail.
    """
    rows = pa.concat_tables([rows_to_arrow([]), *pages])
    coverage = {name: sum_of(rows, name) / total if total else None for name, total in totals.items()}
    metadata = {"totals": dict(totals), "coverage": coverage, "page_rows": [page.num_rows for page in pages]}
    capped = Flags(capped=rows.num_rows >= DAY_CAP)
    return DayResponse(rows, request, metadata, totals, capped, totals_may_exceed=True)


def _check(request: SearchRequest, pages: Sequence[pa.Table], empty_pages: int) -> None:
    rows, last = pa.concat_tables(pages), pages[-1].num_rows
    if last > request.page_rows:
        raise MalformedResponse(
            f"{request}: a page of {last} rows, at most {request.page_rows} were requested.", rows
        )
    refuse_repeated(rows, DIMENSIONS, request)
    if empty_pages:
        raise UnstableSnapshot(
            f"{request}: rows follow a page without rows: a page moved. Fetch the day again.", rows
        )
    if rows.num_rows > 2 * DAY_CAP:
        raise MalformedResponse(
            f"{request}: {rows.num_rows} rows and no end; a day has at most {DAY_CAP}.", rows
        )


_PARTS = {"rows", "responseAggregationType", "metadata"}
"""The keys that a response may have; one without rows leaves ``rows`` out."""


def rows_of_page(body: Any) -> pa.Table:
    """The rows of one response: date, query and page, then clicks, impressions and position.

    Raises:
        MalformedResponse: The body is not a response; nothing else counts as an empty page.
    """
    return _parse(body, DIMENSIONS, METRICS)


def totals_of(body: Any, day: str) -> dict[str, float]:
    """Clicks and impressions of the day, from a response whose only dimension is the date; 0.0 where it has no row.

    Raises:
        MalformedResponse: The body is not a response, or about something else than this day.
    """
    rows = _parse(body, ("date",), COUNTS)
    days = rows["date"].to_pylist()
    if days not in ([], [day]):
        raise MalformedResponse(
            f"Search Console: requested the totals of {day}, received those of {days[:3]}"
        )
    return {name: rows[name][0].as_py() if days else 0.0 for name in COUNTS}


def rows_to_arrow(
    rows: Iterable[Sequence[Any]], dimensions: Sequence[str] = DIMENSIONS, metrics: Sequence[str] = METRICS
) -> pa.Table:
    """Rows side by side: dimensions as text, metrics as numbers.

    Raises:
        ValueError: A row has not one value for each column; or, as ``TypeError``, one of another type.
    """
    schema = pa.schema(
        [*((name, pa.string()) for name in dimensions), *((name, pa.float64()) for name in metrics)]
    )
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, kind.type) for values, kind in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def _parse(body: Any, dimensions: Sequence[str], metrics: Sequence[str]) -> pa.Table:
    entries = body.get("rows", []) if isinstance(body, Mapping) and not body.keys() - _PARTS else None
    if not isinstance(entries, list):
        raise MalformedResponse(f"Search Console sent something else than a response: {str(body)[:200]!r}")
    try:
        rows = rows_to_arrow([_row(entry, metrics) for entry in entries], dimensions, metrics)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedResponse(
            f"Search Console sent rows whose parts do not fit ({type(error).__name__}: {error}): {str(entries)[:200]!r}"
        ) from error
    for name in metrics:
        bad = rows.filter(pc.invert(pc.is_finite(rows[name])))
        if bad.num_rows:
            raise MalformedResponse(
                f"Search Console: {name} is not a finite number in the row {bad.to_pylist()[0]}"
            )
    return rows


def _row(entry: Mapping[str, Any], metrics: Sequence[str]) -> Sequence[Any]:
    keys, values = entry["keys"], [entry[name] for name in metrics]
    if not isinstance(keys, list) or {*map(type, keys)} - {str} or {*map(type, values)} - {int, float}:
        raise TypeError("a key must be text, a metric a number")
    return [*keys, *values]
