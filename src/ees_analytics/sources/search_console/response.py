"""The response of Search Console about one day, put together from its pages, and its rows as the raw table has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, ValidationError

from ees_analytics.parameters.google import SearchConsole
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
    """One searchanalytics.query about one day (ISO, Pacific time) of a property; ``page_rows`` is its ``rowLimit``."""

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

    def totals_request(self, last_day: str | None = None) -> dict[str, Any]:
        """The body that requests the totals of the day, or of each day up to another, counted by page as the rows are."""
        body = {**self.request(), "dimensions": ["date"], "aggregationType": "byPage", "rowLimit": 1000}
        return {**body, "endDate": last_day or self.day}

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
    rows = pa.concat_tables([rows_of_page({}), *pages])
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


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    keys: list[str]
    clicks: float
    impressions: float
    position: float | None = None
    """Totals may lack it."""


class _Body(BaseModel):
    """All that a response may have; one without rows leaves ``rows`` out."""

    model_config = ConfigDict(strict=True, extra="forbid")

    rows: list[_Entry] = []
    responseAggregationType: Any = None  # noqa: N815 (the API's name)
    metadata: Any = None


def rows_of_page(body: Any, dimensions: Sequence[str] = DIMENSIONS) -> pa.Table:
    """The rows of a response, dimensions as text, metrics as numbers; ``MalformedResponse`` if it is not one, never no rows."""
    try:
        entries = _Body.model_validate(body).rows
        if odd := [entry.keys for entry in entries if len(entry.keys) != len(dimensions)]:
            raise MalformedResponse(f"Search Console sent {odd[0]} as the values of {list(dimensions)}")
        if "page" in dimensions and (odd := [entry.keys for entry in entries if entry.position is None]):
            raise MalformedResponse(f"Search Console sent no position for {odd[0]}")
        texts = {
            name: pa.array([entry.keys[place] for entry in entries], pa.string())
            for place, name in enumerate(dimensions)
        }
    except (ValidationError, UnicodeError) as error:
        raise MalformedResponse(
            f"Search Console sent something else than a response: {_reason(error, body)}"
        ) from error
    numbers = {name: pa.array([getattr(entry, name) for entry in entries], pa.float64()) for name in METRICS}
    return pa.table({**texts, **numbers})


def _reason(error: ValidationError | UnicodeError, body: Any) -> str:
    if isinstance(error, UnicodeError):
        return str(error)
    first = error.errors()[0]
    place = first["loc"]
    sent = body["rows"][place[1]] if len(place) > 1 else body
    return f"{'.'.join(map(str, place))}: {first['msg']}: {str(sent)[:200]!r}"


def totals_of(body: Any, day: str) -> dict[str, float]:
    """Clicks and impressions of the day, 0.0 without a row; ``MalformedResponse`` if the response is about something else."""
    rows = rows_of_page(body, ("date",))
    days = rows["date"].to_pylist()
    if days not in ([], [day]):
        raise MalformedResponse(
            f"Search Console: requested the totals of {day}, received those of {days[:3]}"
        )
    return {name: sum_of(rows, name) for name in COUNTS}


def days_of(body: Any) -> set[str]:
    """The ISO days of a response whose only dimension is the date; ``MalformedResponse`` if it is not a response."""
    return set(rows_of_page(body, ("date",))["date"].to_pylist())


def search_rows(response: DayResponse, table: str, _settings: SearchConsole) -> pa.Table:
    """A response's rows under the raw table's names, addresses unchanged; ``MalformedResponse`` if a date does not parse."""
    received = response.rows
    try:
        dates = pc.strptime(received["date"], format="%Y-%m-%d", unit="s").cast(pa.date32())
    except pa.ArrowInvalid as error:
        raise MalformedResponse(f"{table}: a date does not parse ({error})", received) from error
    metrics = {name: received[name] for name in METRICS}
    return pa.table({"date": dates, "pagePath": received["page"], "query": received["query"], **metrics})
