"""From a source's responses about days to checked rows for the landing zone."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.console.text import counted
from ees_analytics.contracts import contract_for
from ees_analytics.contracts.casting import without_unfilled
from ees_analytics.contracts.contract import ContractError, TableContract
from ees_analytics.contracts.validator import check
from ees_analytics.parameters.google import Ga4, SearchConsole
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.pipelines.ingest.nodes.evidence import confirm_empty, known_rows, refuse_fewer
from ees_analytics.slices.errors import SourceError
from ees_analytics.slices.ledger import ACCEPTED
from ees_analytics.slices.slice import Fetch, FetchedSlice, IngestPlan
from ees_analytics.slices.state import TableState
from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot
from ees_analytics.sources.ga4.response import report_rows
from ees_analytics.sources.retry import repeat
from ees_analytics.sources.search_console.response import search_rows

DailySource = Mapping[str, Callable[[], DayResponse]]
"""ISO day to a callable that fetches it."""


def land_reports(
    plan: IngestPlan,
    source: DailySource,
    state: TableState,
    ga4: Ga4,
    calendar: DailyCalendar,
    ingest_range: IngestRange,
) -> dict[str, Fetch]:
    """Google Analytics 4: planned day to a callable that fetches its rows; see ``_land``."""
    return _land(report_rows, plan, source, state, ga4, calendar, ingest_range)


def land_searches(
    plan: IngestPlan,
    source: DailySource,
    state: TableState,
    search_console: SearchConsole,
    calendar: DailyCalendar,
    ingest_range: IngestRange,
) -> dict[str, Fetch]:
    """Search Console: planned day to a callable that fetches its rows; see ``_land``."""
    return _land(search_rows, plan, source, state, search_console, calendar, ingest_range)


def _land(
    convert: Callable[[DayResponse, str, Any], pa.Table],
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
        if response.may_be_unpublished:
            confirm_empty(response, day, plan, state, calendar, ingest_range.run_date)
        rows = convert(response, plan.table, settings)
        if unreconciled := response.unreconciled():
            raise UnstableSnapshot(f"{plan.table} {day}: {'; '.join(unreconciled)}", response.rows)
        rows = _checked(rows, day, contract_for(f"raw.{plan.table}"), response.rows)
        return FetchedSlice(rows, rows.num_rows, response.flags, response.request, response.metadata)

    def fetch(day: str) -> FetchedSlice:
        fetched = repeat(UnstableSnapshot, settings.tries_per_day - 1, backoff_seconds=0)(fetch_once, day)
        if day in plan.accepted:
            return _accepted(fetched, day, plan, state)
        refuse_fewer(fetched.rows, known_rows(day, plan, state), calendar.max_shrink)
        return fetched

    return {day: partial(fetch, day) for day in plan.fetch}


def _accepted(fetched: FetchedSlice, day: str, plan: IngestPlan, state: TableState) -> FetchedSlice:
    """The slice; where it has no rows, or fewer than known, with who accepted that in its metadata."""
    known, where = known_rows(day, plan, state)
    if fetched.rows.num_rows >= max(known, 1):
        return fetched
    reason = f"{ACCEPTED}{plan.accepted[day]}: the source has {counted(fetched.rows.num_rows, 'row')}"
    reason += f", {where} had {known:,}" if known else ", none were known before"
    return replace(fetched, metadata={**fetched.metadata, "accepted": reason})


def _request(source: DailySource, day: str) -> DayResponse:
    try:
        fetch = source[day]
    except KeyError:
        raise SourceError(
            "the sample has no recording of it; choose days and a run_date within the sample, or --env live for Google"
        ) from None
    return fetch()


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
        return without_unfilled(check(rows, replace(contract, key=())), contract)
    except ContractError as error:
        raise SourceError(str(error), received) from error
