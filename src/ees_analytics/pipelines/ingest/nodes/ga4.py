"""Google Analytics 4: a report's response to rows of the raw table."""

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.contract import ColumnType
from ees_analytics.parameters.google import Ga4
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.pipelines.ingest.nodes.daily import DailySource, land_days
from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.slices.slice import Fetch, IngestPlan
from ees_analytics.slices.state import TableState
from ees_analytics.sources.day_response import DayResponse


def land_reports(  # noqa: PLR0913
    plan: IngestPlan,
    source: DailySource,
    state: TableState,
    ga4: Ga4,
    calendar: DailyCalendar,
    ingest_range: IngestRange,
) -> dict[str, Fetch]:
    """Planned day to a callable that fetches its rows; see ``land_days``."""
    return land_days(report_rows, plan, source, state, ga4, calendar, ingest_range)


def report_rows(response: DayResponse, table: str, ga4: Ga4) -> pa.Table:
    """Text as Google sent it, under the API's names → typed rows of the raw table.

    Raises:
        SourceError: A value does not parse; names the row.
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
