"""Which slices a run asks the source for."""

from __future__ import annotations

import datetime as dt

from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.slices.landing_zone import LandingZone
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.state import TableState


def plan_days(
    state: TableState, landing: LandingZone, calendar: DailyCalendar, asked: IngestRange
) -> IngestPlan:
    """Plan a daily table: every missing day up to the newest complete one, wherever the gap lies.

    A day is asked for when the table does not hold it as the ledger says and the landing zone has no good file of
    it, when it lies in the trailing ``restate_days``, or when it was asked for by hand. A day that the source has
    forgotten is not asked for: where it is missing, the plan names it.
    """
    first = max(calendar.first_day, asked.first_day or calendar.first_day)
    newest = asked.run_date - dt.timedelta(days=calendar.lag_days)
    oldest = str(calendar.oldest_day(asked.run_date) or first)
    wanted = days_between(first, newest)
    missing = {day for day in wanted if not state.is_settled(day) and not landing.is_landed(day)}
    expired = {day for day in missing if day < oldest}
    restated = set(days_between(max(first, newest - dt.timedelta(days=calendar.restate_days - 1)), newest))
    by_hand = _asked_by_hand(state.table, asked, newest)
    if calendar.history_months:
        by_hand = {day for day in by_hand if day >= oldest}
    fetch = (missing - expired) | by_hand | (restated if calendar.restate_days else set())
    return IngestPlan(
        state.table,
        expected=tuple(sorted({*wanted, *by_hand} - expired)),
        fetch=tuple(sorted(fetch)),
        expired=tuple(sorted(expired)),
    )


def days_between(first: dt.date, last: dt.date) -> list[str]:
    """ISO dates from the first to the last day, both included; none where the last lies before the first."""
    return [(first + dt.timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def _asked_by_hand(table: str, asked: IngestRange, newest: dt.date) -> set[str]:
    if asked.from_day is None or asked.to_day is None or asked.table not in (None, table):
        return set()
    if asked.to_day > newest:
        first = max(asked.from_day, newest + dt.timedelta(days=1))
        raise ValueError(
            f"{table}: {first} is not complete yet; with run_date {asked.run_date} the newest day is {newest}."
        )
    return set(days_between(asked.from_day, asked.to_day))
