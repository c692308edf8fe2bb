"""From a source's responses about days to checked rows for the landing zone."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.contract import ContractError, TableContract
from ees_analytics.contracts.validator import check
from ees_analytics.parameters.google import Ga4, SearchConsole
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.slices.errors import NotYetPublished, SourceError
from ees_analytics.slices.slice import Fetch, FetchedSlice, IngestPlan
from ees_analytics.slices.state import TableState
from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot
from ees_analytics.sources.ga4.response import report_rows
from ees_analytics.sources.retry import repeat
from ees_analytics.sources.search_console.response import search_rows

DailySource = Mapping[str, Callable[[], DayResponse]]
"""ISO day to a callable that fetches it."""

Convert = Callable[[DayResponse, str, Any], pa.Table]
"""A response, the table and the source's parameters to rows of the raw table."""


def land_reports(  # noqa: PLR0913
    plan: IngestPlan,
    source: DailySource,
    state: TableState,
    ga4: Ga4,
    calendar: DailyCalendar,
    ingest_range: IngestRange,
) -> dict[str, Fetch]:
    """Google Analytics 4: planned day to a callable that fetches its rows; see ``_land``."""
    return _land(report_rows, plan, source, state, ga4, calendar, ingest_range)


def land_searches(  # noqa: PLR0913
    plan: IngestPlan,
    source: DailySource,
    state: TableState,
    search_console: SearchConsole,
    calendar: DailyCalendar,
    ingest_range: IngestRange,
) -> dict[str, Fetch]:
    """Search Console: planned day to a callable that fetches its rows; see ``_land``."""
    return _land(search_rows, plan, source, state, search_console, calendar, ingest_range)


def _land(  # noqa: PLR0913
    convert: Convert,
    plan: IngestPlan,
    source: DailySource,
    state: TableState,
    settings: SearchConsole,
    calendar: DailyCalendar,
    ingest_range: IngestRange,
) -> dict[str, Fetch]:
    """Planned day to a callable that fetches, checks and converts it.

    The callables raise a ``SourceError`` where there is no stable, complete and plausible snapshot of the day. One
    whose data changed while it was read is fetched up to ``settings.tries_per_day`` times.
    """

    def fetch_once(day: str) -> FetchedSlice:
        response = _request(source, day)
        if response.may_be_unpublished and not calendar.empty_is_final(day, ingest_range.run_date):
            raise NotYetPublished(f"{plan.table}: no rows for {day} yet, which is too recent to be final")
        rows = convert(response, plan.table, settings)
        if unreconciled := response.unreconciled():
            raise UnstableSnapshot(f"{plan.table} {day}: {'; '.join(unreconciled)}", response.rows)
        rows = _checked(rows, day, contract_for(f"raw.{plan.table}"), response.rows)
        return FetchedSlice(rows, rows.num_rows, response.flags, response.request, response.metadata)

    def fetch(day: str) -> FetchedSlice:
        fetched = repeat(UnstableSnapshot, settings.tries_per_day - 1, backoff_seconds=0)(fetch_once, day)
        _refuse_shrinking(fetched, state.slices.get(day, 0), calendar.max_shrink, day)
        return fetched

    return {day: partial(fetch, day) for day in plan.fetch}


def _request(source: DailySource, day: str) -> DayResponse:
    try:
        fetch = source[day]
    except KeyError:
        raise SourceError(
            "the sample has no recording of it; choose days and a run_date within the sample, or --env live for Google"
        ) from None
    return fetch()


def _refuse_shrinking(fetched: FetchedSlice, before: int, max_shrink: float, day: str) -> None:
    rows = fetched.rows.num_rows
    if rows < before * (1 - max_shrink):
        raise SourceError(
            f"{day} had {before:,} rows and would have {rows:,}: more than {max_shrink:.0%} fewer. The table keeps "
            "the old rows. If the smaller number is right, raise max_shrink for one run.",
            fetched.rows,
        )


def _checked(rows: pa.Table, day: str, contract: TableContract, received: pa.Table) -> pa.Table:
    """The rows as the table takes them, all of the requested day; what was received is kept as evidence of a fault.

    The key is not checked again: the source's response did it for the day, and the table does it before each write.
    """
    others = set(pc.unique(rows["date"]).to_pylist()) - {dt.date.fromisoformat(day)}
    if others:
        raise MalformedResponse(
            f"{contract.name}: requested {day}, the response has rows of {sorted(others)[:3]}", received
        )
    try:
        return check(rows, replace(contract, key=()))
    except ContractError as error:
        raise SourceError(str(error), received) from error
