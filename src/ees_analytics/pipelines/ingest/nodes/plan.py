"""Which days a run fetches."""

import datetime as dt

from ees_analytics.parameters.ingest import DailyCalendar, IngestRange
from ees_analytics.slices.slice import IngestPlan, LandingZone
from ees_analytics.slices.state import TableState


def plan_days(
    state: TableState, landing: LandingZone, calendar: DailyCalendar, ingest_range: IngestRange
) -> IngestPlan:
    """Plan a daily table: every missing day up to the newest complete one, gaps in the history included.

    A day is fetched when table and ledger do not agree that it is complete and the landing zone has no good file of
    it, when it is one of the trailing ``restate_days``, or when it is in the range that was requested by hand. A
    missing day that the source has deleted is not fetched, but named in the plan.

    Raises:
        ValueError: The range by hand has days that are not complete yet.
    """
    first = max(calendar.first_day, ingest_range.first_day or calendar.first_day)
    newest = ingest_range.run_date - dt.timedelta(days=calendar.lag_days)
    oldest = str(calendar.oldest_day(ingest_range.run_date) or first)
    wanted = days_between(first, newest)
    missing = {day for day in wanted if not state.is_settled(day) and not landing.is_landed(day)}
    expired = {day for day in missing if day < oldest}
    restated = set(days_between(max(first, newest - dt.timedelta(days=calendar.restate_days - 1)), newest))
    by_hand = _range_by_hand(state.table, ingest_range, newest)
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
    """ISO dates from the first to the last day, both included; none where the last is before the first."""
    return [(first + dt.timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def _range_by_hand(table: str, ingest_range: IngestRange, newest: dt.date) -> set[str]:
    first, last = ingest_range.from_day, ingest_range.to_day
    if not (first and last) or ingest_range.table not in (None, table):
        return set()
    if last > newest:
        first = max(first, newest + dt.timedelta(days=1))
        raise ValueError(
            f"{table}: {first} is not complete yet; with run_date {ingest_range.run_date} the newest day is {newest}."
        )
    return set(days_between(first, last))
