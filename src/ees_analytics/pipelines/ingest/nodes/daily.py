"""What every daily source has in common between its answer and the landing zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts.contract import ContractError, TableContract
from ees_analytics.contracts.validator import check
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.slices.errors import NotYetPublished, SourceError
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.slice import Fetch, FetchedSlice
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot

Answer = TypeVar("Answer")
Answers = Mapping[str, Callable[[], Answer]]
"""A source: ISO day to a callable that asks for it."""


def lazy_days(
    plan: IngestPlan, state: TableState, calendar: DailyCalendar, fetch: Callable[[str], FetchedSlice]
) -> dict[str, Fetch]:
    """What to fetch, lazily: planned day to a callable; a day that lost too many of its rows is refused."""

    def guarded(day: str) -> FetchedSlice:
        fetched = fetch(day)
        refuse_shrinking(fetched, state.slices.get(day, 0), calendar.max_shrink, day)
        return fetched

    return {day: partial(guarded, day) for day in plan.fetch}


def ask(answers: Answers[Answer], day: str) -> Answer:
    """The source's answer about a day.

    Raises:
        SourceError: The source could not be asked, or is a recording that lacks the day.
    """
    try:
        asked = answers[day]
    except KeyError:
        raise SourceError(
            "the sample has no recorded answer; choose days and a run_date within it, or --env live to ask Google"
        ) from None
    return asked()


def stable(attempt: Callable[[], FetchedSlice], attempts: int) -> FetchedSlice:
    """Try again while the source's data moves as it is read.

    Raises:
        UnstableSnapshot: It moved every time.
    """
    for left in range(attempts - 1, -1, -1):
        try:
            return attempt()
        except UnstableSnapshot:
            if not left:
                raise
    raise ValueError("tries_per_day must be at least 1")


def may_be_unpublished(day: str, calendar: DailyCalendar, asked: IngestRange) -> bool:
    """True where a day is too recent for an answer without rows to be believed."""
    return day > (asked.run_date - dt.timedelta(days=calendar.believe_empty_days)).isoformat()


def refuse_unpublished(
    rows: pa.Table, day: str, table: str, calendar: DailyCalendar, asked: IngestRange
) -> None:
    """Take a recent day without rows for one that is still to come.

    Raises:
        NotYetPublished: It is.
    """
    if rows.num_rows == 0 and may_be_unpublished(day, calendar, asked):
        raise NotYetPublished(f"{table}: no rows for {day}, which is too young to be believed empty")


def refuse_other_days(rows: pa.Table, day: str, table: str, received: pa.Table) -> None:
    """Make sure that the rows are of the day that was asked for.

    Raises:
        MalformedResponse: Names the other days.
    """
    others = set(pc.unique(rows["date"]).to_pylist()) - {dt.date.fromisoformat(day)}
    if others:
        raise MalformedResponse(f"{table}: asked for {day}, the answer holds {sorted(others)[:3]}", received)


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


def conforming(rows: pa.Table, contract: TableContract, received: pa.Table) -> pa.Table:
    """The rows as the table takes them.

    Raises:
        SourceError: The contract refuses them; what was received is kept as evidence.
    """
    try:
        return check(rows, contract)
    except ContractError as error:
        raise SourceError(str(error), received) from error
