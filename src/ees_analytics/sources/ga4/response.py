"""The response to one report request about one day, put together from its pages, and its rows as the raw table has them."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.contract import ColumnType
from ees_analytics.parameters.google import Ga4
from ees_analytics.slices.errors import SourceError, SourceStop
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
    """Metric to its total (see ``sum_of``), from a response whose only dimension is the date; 0.0 where it has no row."""
    return {name: sum_of(rows, name) for name in rows.column_names if name != "date"}


def days_of(rows: pa.Table) -> set[str]:
    """The ISO days of a response whose only dimension is the date (``20260630``)."""
    return {f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in rows["date"].to_pylist()} if rows.num_rows else set()


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


def report_rows(response: DayResponse, table: str, ga4: Ga4) -> pa.Table:
    """Text as Google sent it, under the API's names → typed rows of the raw table.

    Raises:
        SourceError: A value does not parse (names the row), or a recorded response is older than the report.
        SourceStop: The property has another time zone than the tables.
    """
    zone = response.metadata.get("time_zone")
    if zone and zone != ga4.time_zone:
        raise SourceStop(
            f"The property's time zone is {zone}, the tables' days are {ga4.time_zone}: a day would mean another "
            "24 hours. Set the property back, or decide how the history continues and change ga4.time_zone."
        )
    contract, report = contract_for(f"raw.{table}"), ga4.reports[table]
    types = {column.name: column.type for column in contract.columns}
    named = {**report.dimensions, **report.metrics}
    if lacking := [api for api in named if api not in response.rows.column_names]:
        raise SourceError(
            f"the recorded response has no {', '.join(lacking)}, which the report {table} requests now. Use "
            "--env live to ask Google, or record the sample again: `python -m tests.sample --out data/sample`"
        )
    columns = {column: _parsed(response.rows, api, types[column], table) for api, column in named.items()}
    for column, (numerator, denominator) in report.ratios.items():
        columns[column] = _ratio(columns[numerator], columns[denominator])
    return pa.table({name: columns[name] for name in contract.column_names})


def _parsed(received: pa.Table, api: str, kind: ColumnType, table: str) -> pa.ChunkedArray:
    try:
        return _parse(received[api], kind)
    except pa.ArrowInvalid as error:
        row = _first_bad_row(received, api, kind)
        raise SourceError(f"{table}: {api} does not parse as {kind} in the row {row}", received) from error


def _parse(texts: pa.ChunkedArray, kind: ColumnType) -> pa.ChunkedArray:
    if kind is ColumnType.DATE:
        return pc.strptime(texts, format="%Y%m%d", unit="s").cast(pa.date32())
    return texts.cast(kind.arrow)


def _first_bad_row(received: pa.Table, api: str, kind: ColumnType) -> dict[str, str]:
    for position in range(received.num_rows):
        row = received.slice(position, 1)
        try:
            _parse(row[api], kind)
        except pa.ArrowInvalid:
            return dict(row.to_pylist()[0])
    return {}


def _ratio(numerator: pa.ChunkedArray, denominator: pa.ChunkedArray) -> pa.ChunkedArray:
    is_zero = pc.equal(denominator, 0)
    return pc.divide(numerator, pc.if_else(is_zero, pa.scalar(None, pa.float64()), denominator))
