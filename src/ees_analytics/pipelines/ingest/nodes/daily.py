"""What daily sources share between a response and the landing zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from ees_analytics.contracts.contract import ContractError, TableContract
from ees_analytics.contracts.validator import check
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.slices.errors import NotYetPublished, SourceError
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.slice import Fetch, FetchedSlice
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot

Response = TypeVar("Response")
DailySource = Mapping[str, Callable[[], Response]]
"""ISO day to a callable that fetches it."""


def lazy_days(
    plan: IngestPlan, state: TableState, calendar: DailyCalendar, fetch: Callable[[str], FetchedSlice]
) -> dict[str, Fetch]:
    """Planned day to a callable that fetches it, and refuses a day that lost too many of its rows."""

    def fetch_guarded(day: str) -> FetchedSlice:
        fetched = fetch(day)
        refuse_shrinking(fetched, state.slices.get(day, 0), calendar.max_shrink, day)
        return fetched

    return {day: partial(fetch_guarded, day) for day in plan.fetch}


def request_day(source: DailySource[Response], day: str) -> Response:
    """The source's response about a day.

    Raises:
        SourceError: There is none, or the source is a recording that lacks the day.
    """
    try:
        fetch = source[day]
    except KeyError:
        raise SourceError(
            "the sample has no recorded answer; choose days and a run_date within it, or --env live to ask Google"
        ) from None
    return fetch()


def stable(fetch: Callable[[], FetchedSlice], tries: int) -> FetchedSlice:
    """Fetch a day, again where its data changed while it was read.

    Raises:
        UnstableSnapshot: It changed in every one of the ``tries``.
    """
    unstable = retry_if_exception_type(UnstableSnapshot)
    return Retrying(retry=unstable, stop=stop_after_attempt(tries), reraise=True)(fetch)


def refuse_unpublished(
    rows: pa.Table, day: str, table: str, calendar: DailyCalendar, ingest_range: IngestRange
) -> None:
    """Treat a recent day without rows as not yet published.

    Raises:
        NotYetPublished: It is too recent to be final.
    """
    if rows.num_rows == 0 and not calendar.empty_is_final(day, ingest_range.run_date):
        raise NotYetPublished(f"{table}: no rows for {day} yet, which is too recent to be empty for good")


def refuse_shrinking(fetched: FetchedSlice, before: int, max_shrink: float, day: str) -> None:
    """Keep a day's rows when it is read again and most of them are gone.

    Raises:
        SourceError: More than the share ``max_shrink`` is missing.
    """
    rows = fetched.rows.num_rows
    if rows < before * (1 - max_shrink):
        raise SourceError(
            f"{day} had {before:,} rows and would have {rows:,}: more than {max_shrink:.0%} fewer. The table keeps "
            "the old rows. If the smaller number is right, raise max_shrink for one run.",
            fetched.rows,
        )


def checked(rows: pa.Table, day: str, contract: TableContract, received: pa.Table) -> pa.Table:
    """The rows as the table takes them, all of the requested day.

    The key is not checked again: the source's response did it for the day, and the table does it before each write.

    Raises:
        MalformedResponse: There are rows of other days.
        SourceError: The contract refuses them; what was received is kept as evidence.
    """
    others = set(pc.unique(rows["date"]).to_pylist()) - {dt.date.fromisoformat(day)}
    if others:
        raise MalformedResponse(
            f"{contract.name}: asked for {day}, the response has rows of {sorted(others)[:3]}", received
        )
    try:
        return check(rows, replace(contract, key=()))
    except ContractError as error:
        raise SourceError(str(error), received) from error
