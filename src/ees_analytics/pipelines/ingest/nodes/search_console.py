"""Search Console: a day's answer to the rows of the raw table."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.checks import duplicate_failures
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.parameters.search_console import SearchConsole
from ees_analytics.pipelines.ingest.nodes.daily import (
    Answers,
    ask,
    conforming,
    lazy_days,
    refuse_other_days,
    refuse_unpublished,
    stable,
)
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.slice import Fetch, FetchedSlice
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import MalformedResponse, UnstableSnapshot
from ees_analytics.sources.search_console.response import METRICS, SearchResponse

TABLE = "ees_search_console"


def land_searches(  # noqa: PLR0913
    plan: IngestPlan,
    answers: Answers[SearchResponse],
    state: TableState,
    search_console: SearchConsole,
    calendar: DailyCalendar,
    asked: IngestRange,
) -> dict[str, Fetch]:
    """What to fetch, lazily: planned day → callable that asks, checks and converts the answer.

    Each callable raises a ``SourceError`` where the answer is no stable, complete and plausible snapshot.
    """

    def fetch_once(day: str) -> FetchedSlice:
        answer = ask(answers, day)
        refuse_unpublished(answer.rows, day, plan.table, calendar, asked)
        return _convert(answer, day)

    def fetch(day: str) -> FetchedSlice:
        return stable(lambda: fetch_once(day), search_console.tries_per_day)

    return lazy_days(plan, state, calendar, fetch)


def _convert(answer: SearchResponse, day: str) -> FetchedSlice:
    contract, received = contract_for(f"raw.{TABLE}"), answer.rows
    rows = search_rows(received)
    refuse_other_days(rows, day, TABLE, received)
    if repeated := duplicate_failures(rows, contract.key):
        raise UnstableSnapshot(f"{TABLE} {day}: {'; '.join(repeated)}", received)
    if above := answer.above_totals():
        raise UnstableSnapshot(f"{TABLE} {day}: {'; '.join(above)}", received)
    if rows.num_rows == 0 and not answer.is_empty:
        raise UnstableSnapshot(
            f"{TABLE} {day}: no rows, though the day's totals are {dict(answer.totals)}: not believed.",
            received,
        )
    rows = conforming(rows, contract, received)
    return FetchedSlice(rows, rows.num_rows, answer.flags, answer.request, answer.metadata)


def search_rows(received: pa.Table) -> pa.Table:
    """An answer's rows under the names of the raw table; a page's address stays as Search Console gives it.

    Raises:
        MalformedResponse: A date does not parse.
    """
    try:
        days = {text: dt.date.fromisoformat(text) for text in received["date"].unique().to_pylist()}
    except ValueError as error:
        raise MalformedResponse(f"{TABLE}: a date does not parse ({error})", received) from error
    dates = pa.array([days[text] for text in received["date"].to_pylist()], pa.date32())
    metrics = {name: received[name] for name in METRICS}
    return pa.table({"date": dates, "pagePath": received["page"], "query": received["query"], **metrics})
