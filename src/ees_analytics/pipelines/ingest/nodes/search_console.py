"""Search Console: a day's response to rows of the raw table."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts import contract_for
from ees_analytics.parameters.google import SearchConsole
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.pipelines.ingest.nodes.daily import DailySource, checked, land_days
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.slice import Fetch, FetchedSlice
from ees_analytics.slices.state import TableState
from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot
from ees_analytics.sources.search_console.response import METRICS

TABLE = "ees_search_console"


def land_searches(  # noqa: PLR0913
    plan: IngestPlan,
    source: DailySource,
    state: TableState,
    search_console: SearchConsole,
    calendar: DailyCalendar,
    ingest_range: IngestRange,
) -> dict[str, Fetch]:
    """Planned day to a callable that fetches its rows; see ``land_days``."""
    return land_days(plan, source, state, calendar, ingest_range, search_console.tries_per_day, _convert)


def _convert(response: DayResponse, day: str) -> FetchedSlice:
    rows = search_rows(response.rows)
    if unreconciled := response.unreconciled():
        raise UnstableSnapshot(f"{TABLE} {day}: {'; '.join(unreconciled)}", response.rows)
    totals = dict(response.totals or {})
    if rows.num_rows == 0 and any(totals.values()):
        raise UnstableSnapshot(
            f"{TABLE} {day}: no rows, though the day's totals are {totals}.", response.rows
        )
    rows = checked(rows, day, contract_for(f"raw.{TABLE}"), response.rows)
    return FetchedSlice(rows, rows.num_rows, response.flags, response.request, response.metadata)


def search_rows(received: pa.Table) -> pa.Table:
    """A response's rows under the names of the raw table; a page's address stays as Search Console gives it.

    Raises:
        MalformedResponse: A date does not parse.
    """
    try:
        dates = pc.strptime(received["date"], format="%Y-%m-%d", unit="s").cast(pa.date32())
    except pa.ArrowInvalid as error:
        raise MalformedResponse(f"{TABLE}: a date does not parse ({error})", received) from error
    metrics = {name: received[name] for name in METRICS}
    return pa.table({"date": dates, "pagePath": received["page"], "query": received["query"], **metrics})
