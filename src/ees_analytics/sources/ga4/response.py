"""The response to one report request about one day, put together from its pages."""

from collections.abc import Iterator

import pyarrow as pa

from ees_analytics.slices.slice import Flags
from ees_analytics.sources.day_response import DayResponse, refuse_repeated, sum_of
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot
from ees_analytics.sources.ga4.page import ReportPage, ReportRequest


def read_report(request: ReportRequest, pages: Iterator[ReportPage]) -> DayResponse:
    """The whole response, without totals; pages are read until there are all rows of the stated ``rowCount``.

    Raises:
        MalformedResponse: The headers are not the requested ones, or a page is too long.
        UnstableSnapshot: The stated row count changed, rows are missing, or a key occurs more than once.
    """
    rows = pa.schema([(name, pa.string()) for name in request.headers]).empty_table()
    stated = None
    for page in pages:
        stated = page.row_count if stated is None else stated
        before, rows = rows, _appended(rows, page, request)
        _check_length(before, rows, page, stated, request)
        if rows.num_rows == stated:
            break
    else:
        raise UnstableSnapshot(f"{request}: {rows.num_rows} rows received, more were stated.", rows)
    refuse_repeated(rows, request.dimensions, request)
    flags = Flags(
        sampled=page.metadata["sampled"],
        thresholded=page.metadata["subject_to_thresholding"],
        other_row=page.metadata["data_loss_from_other_row"],
    )
    return DayResponse(rows, request.request(), page.metadata, flags=flags)


def totals_of(rows: pa.Table) -> dict[str, float]:
    """Metric to its total, from a response whose only dimension is the date; 0.0 where it has no row.

    Raises:
        MalformedResponse: A value is not a finite number.
    """
    return {name: sum_of(rows, name) for name in rows.column_names if name != "date"}


def _appended(rows: pa.Table, page: ReportPage, request: ReportRequest) -> pa.Table:
    if page.rows.column_names == request.headers:
        return pa.concat_tables([rows, page.rows])
    if page.rows.column_names or page.row_count:
        raise MalformedResponse(
            f"{request}: the headers are {page.rows.column_names}. They must be the requested ones, in that order."
        )
    return rows


def _check_length(
    before: pa.Table, rows: pa.Table, page: ReportPage, stated: int, request: ReportRequest
) -> None:
    expected = min(request.page_rows, stated - before.num_rows)
    where = f"{request}, page at offset {before.num_rows}"
    if page.row_count != stated:
        raise UnstableSnapshot(
            f"{where}: rowCount changed from {stated} to {page.row_count} between two pages: the data changed while "
            "it was read. Fetch the day again.",
            rows,
        )
    if len(page) != expected:
        kind = MalformedResponse if len(page) > expected else UnstableSnapshot
        raise kind(
            f"{where}: the page has {len(page)} rows, {expected} were expected (rowCount {stated}, {rows.num_rows} "
            "received in all). Fetch the day again; if this persists, lower page_rows.",
            rows,
        )
