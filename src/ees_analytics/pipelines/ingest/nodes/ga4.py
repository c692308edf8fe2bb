"""Google Analytics 4: a report's answer to the rows of the raw table."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.checks import duplicate_failures
from ees_analytics.contracts.contract import ColumnType, TableContract
from ees_analytics.parameters.ga4 import Ga4, Ga4Report
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.pipelines.ingest.nodes.daily import (
    Answers,
    ask,
    conforming,
    lazy_days,
    refuse_other_days,
    refuse_unpublished,
    stable,
)
from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.slice import Fetch, FetchedSlice
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import UnstableSnapshot
from ees_analytics.sources.ga4.response import ReportResponse


def land_reports(  # noqa: PLR0913
    plan: IngestPlan,
    answers: Answers[ReportResponse],
    state: TableState,
    ga4: Ga4,
    calendar: DailyCalendar,
    asked: IngestRange,
) -> dict[str, Fetch]:
    """What to fetch, lazily: planned day → callable that asks, checks and converts the answer.

    Each callable raises a ``SourceError`` where the answer is no stable, complete and plausible snapshot.
    """

    def fetch(day: str) -> FetchedSlice:
        fetched = stable(lambda: _convert(ask(answers, day), day, plan.table, ga4), ga4.tries_per_day)
        refuse_unpublished(fetched.rows, day, plan.table, calendar, asked)
        return fetched

    return lazy_days(plan, state, calendar, fetch)


def _convert(answer: ReportResponse, day: str, table: str, ga4: Ga4) -> FetchedSlice:
    report, contract = ga4.reports[table], contract_for(f"raw.{table}")
    _check_time_zone(answer, ga4)
    received = answer.table
    rows = report_rows(received, report, contract)
    refuse_other_days(rows, day, table, received)
    if repeated := duplicate_failures(rows, contract.key):
        raise UnstableSnapshot(f"{table} {day}: {'; '.join(repeated)}", received)
    if unreconciled := answer.unreconciled():
        raise UnstableSnapshot(f"{table} {day}: {'; '.join(unreconciled)}", received)
    rows = conforming(rows, contract, received)
    return FetchedSlice(rows, answer.row_count, answer.flags, answer.request, answer.metadata)


def report_rows(received: pa.Table, report: Ga4Report, contract: TableContract) -> pa.Table:
    """Text as Google sent it, under the API's names → typed rows of the raw table.

    Raises:
        SourceError: A value does not parse; names the row.
    """
    types = {column.name: column.type for column in contract.columns}
    named = {**report.dimensions, **report.metrics}
    columns = {column: _parse(received, api, types[column], contract.name) for api, column in named.items()}
    for column, (numerator, denominator) in report.ratios.items():
        columns[column] = _ratio(columns[numerator], columns[denominator])
    return pa.table({name: columns[name] for name in contract.column_names})


def _parse(received: pa.Table, api: str, kind: ColumnType, table: str) -> pa.ChunkedArray:
    values = received[api]
    try:
        if kind is ColumnType.DATE:
            return pc.strptime(values, format="%Y%m%d", unit="s").cast(pa.date32())
        return values.cast(kind.arrow)
    except pa.ArrowInvalid as error:
        row = _first_bad_row(received, api, kind)
        raise SourceError(f"{table}: {api} does not parse as {kind} in the row {row}", received) from error


def _first_bad_row(received: pa.Table, api: str, kind: ColumnType) -> dict[str, str]:
    for row in received.to_pylist():
        try:
            if kind is ColumnType.DATE:
                dt.datetime.strptime(row[api], "%Y%m%d")
            else:
                pa.scalar(row[api]).cast(kind.arrow)
        except (ValueError, TypeError, pa.ArrowInvalid):
            return row
    return {}


def _ratio(numerator: pa.ChunkedArray, denominator: pa.ChunkedArray) -> pa.ChunkedArray:
    is_zero = pc.equal(denominator, 0)
    return pc.divide(numerator, pc.if_else(is_zero, pa.scalar(None, pa.float64()), denominator))


def _check_time_zone(answer: ReportResponse, ga4: Ga4) -> None:
    zone = answer.metadata.get("time_zone")
    if zone and zone != ga4.time_zone:
        raise SourceStop(
            f"The property's time zone is {zone}, the tables' days are {ga4.time_zone}: a day would mean another "
            "24 hours. Set the property back, or decide how the history continues and change ga4.time_zone."
        )
