"""Whether a response without rows, or with fewer rows than are known, is accepted."""

import datetime as dt
from collections.abc import Collection, Iterator

import pyarrow as pa

from ees_analytics.console.text import counted
from ees_analytics.parameters.ingest import DailyCalendar, days_between
from ees_analytics.slices.errors import NotYetPublished, SourceError
from ees_analytics.slices.slice import IngestPlan
from ees_analytics.slices.state import TableState
from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.errors import UnstableSnapshot

_NEIGHBOURS = 3
_FARTHEST = dt.timedelta(days=60)

_ACCEPT = "`--params accept_days=<table>:<day>`"


def known_rows(day: str, plan: IngestPlan, state: TableState) -> tuple[int, str]:
    """The most rows of a day that are known, and where from."""
    return max(
        (state.slices.get(day, 0), "the table"),
        (state.recorded_rows(day), "the ledger"),
        (plan.landed_rows.get(day, 0), "the landing zone"),
        key=lambda known: known[0],
    )


def refuse_fewer(rows: pa.Table, known: tuple[int, str], max_shrink: float) -> None:
    """Raise a ``SourceError`` where rows are known and there are none, or fewer by more than the share ``max_shrink``."""
    before, where = known
    if rows.num_rows < before * (1 - max_shrink) or (before and not rows.num_rows):
        raise SourceError(
            f"the source has {counted(rows.num_rows, 'row')}, {where} {before:,}: more than {max_shrink:.0%} fewer. If the "
            f"table lost rows: `kedro run --pipelines restore`. If the source is right: {_ACCEPT}.",
            rows,
        )


def confirm_empty(
    response: DayResponse,
    day: str,
    plan: IngestPlan,
    state: TableState,
    calendar: DailyCalendar,
    run_date: dt.date,
) -> None:
    """Return where a day without rows is empty: accepted, declared so, or old enough and proven by a control.

    The proof is a request for the days around it, with the date as only dimension: it has rows on each side, and none
    for the day itself.

    Raises:
        NotYetPublished: The day is too recent.
        SourceError: Rows of the day are known, or the control does not prove it empty.
        UnstableSnapshot: The control has rows of the day.
    """
    if day in plan.accepted or day in state.accepted_empty_days():
        return
    refuse_fewer(response.rows, known_rows(day, plan, state), calendar.max_shrink)
    if not calendar.empty_is_final(day, run_date):
        raise NotYetPublished(f"{plan.table}: no rows for {day} yet, which is too recent to be final")
    if day in plan.known_empty or any((response.totals or {}).values()):
        return  # the rows are compared with the totals next
    if other := state.sibling_days().get(day):
        raise SourceError(
            f"the source has no rows, but {other} has rows of that day. If the source is right: {_ACCEPT}"
        )
    _check_control(
        response, day, list(_sides(dt.date.fromisoformat(day), state.known_days(), calendar, run_date))
    )


def _check_control(response: DayResponse, day: str, sides: list[set[str]]) -> None:
    remedy = f"If that is right, declare known_empty (conf/base/parameters.yml) or {_ACCEPT}"
    if response.control is None:
        raise SourceError(f"no rows, and the recording has no control that proves the day empty. {remedy}")
    around = sorted({day}.union(*sides))
    answered = response.control(around[0], around[-1])
    if day in answered:
        raise UnstableSnapshot("no rows, though a request with the date alone has some", response.rows)
    if not sides or any(side.isdisjoint(answered) for side in sides):
        raise SourceError(f"no rows, and none on the days around it. {remedy}")


def _sides(
    day: dt.date, known: Collection[str], calendar: DailyCalendar, run_date: dt.date
) -> Iterator[set[str]]:
    """For each side of a day that the source has: its three neighbours, and the nearest known day within 60 days."""
    one = dt.timedelta(days=1)
    first = max(calendar.first_day, calendar.oldest_day(run_date) or calendar.first_day)
    last = calendar.newest_day(run_date)
    before = days_between(max(first, day - _FARTHEST), day - one)[::-1]
    after = days_between(day + one, min(last, day + _FARTHEST))
    for side in filter(None, (before, after)):
        nearest = [other for other in side if other in known][:1]
        yield {*side[:_NEIGHBOURS], *nearest}
