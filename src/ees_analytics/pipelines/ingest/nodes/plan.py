"""Which days a run fetches."""

import datetime as dt
from collections.abc import Iterable

from ees_analytics.parameters.ingest import DailyCalendar, IngestRange, KnownDays, days_between, declared_days
from ees_analytics.slices.slice import IngestPlan, LandingZone
from ees_analytics.slices.state import TableState


def plan_days(
    state: TableState,
    landing: LandingZone,
    calendar: DailyCalendar,
    ingest_range: IngestRange,
    known_days: KnownDays,
) -> IngestPlan:
    """Plan a daily table: every missing day up to the newest complete one, gaps in the history included.

    A day is fetched when table and ledger do not agree that it is complete and the landing zone has no good file of
    it, when it is known as empty and another table of the source has it, when it is one of the trailing
    ``restate_days``, or when it is in the range, or among the accepted days, of this run. A missing day that the source
    has deleted, or that conf declares lost, is not fetched, but named in the plan.

    Raises:
        ValueError: A day of the range by hand, or an accepted day, is not complete yet, or the source has deleted an
            accepted day.
    """
    run_date = ingest_range.run_date
    first = max(calendar.first_day, ingest_range.first_day or calendar.first_day)
    newest, oldest = calendar.newest_day(run_date), str(calendar.oldest_day(run_date) or first)
    wanted = days_between(first, newest)
    lacking = {day for day in wanted if not state.is_settled(day) and not landing.is_landed(day)}
    known_empty = declared_days(known_days.known_empty, state.table)
    gaps = {
        day: why for day, why in declared_days(known_days.known_gaps, state.table).items() if day in lacking
    }
    missing = lacking - gaps.keys()
    expired = {day for day in missing if day < oldest}
    by_hand = _range_by_hand(state.table, ingest_range, newest)
    accepted = known_days.accepted(state.table)
    if calendar.history_months:
        by_hand = {day for day in by_hand if day >= oldest}
        if deleted := [day for day in accepted if day < oldest]:
            raise ValueError(f"{state.table}: {deleted[0]} cannot be accepted: the source has deleted it.")
    by_hand |= _complete(accepted, state.table, run_date, newest)
    restated = {*wanted[::-1][: calendar.restate_days]} - gaps.keys()
    fetch = missing - expired | by_hand | restated | state.contradicted_days() - known_empty.keys()
    return IngestPlan(
        state.table,
        expected=tuple(sorted({*wanted, *by_hand} - expired - (gaps.keys() - by_hand))),
        fetch=tuple(sorted(fetch)),
        expired=tuple(sorted(expired)),
        landed_rows={day: landing.landed[day].rows for day in fetch if day in landing.landed},
        accepted=accepted,
        known_empty=known_empty,
        known_gaps=gaps,
    )


def _range_by_hand(table: str, ingest_range: IngestRange, newest: dt.date) -> set[str]:
    first, last = ingest_range.from_day, ingest_range.to_day
    if not (first and last) or ingest_range.table not in (None, table):
        return set()
    return _complete(days_between(first, last), table, ingest_range.run_date, newest)


def _complete(days: Iterable[str], table: str, run_date: dt.date, newest: dt.date) -> set[str]:
    """The days, none of them after the newest complete one."""
    if early := [day for day in sorted(days) if day > str(newest)]:
        raise ValueError(
            f"{table}: {early[0]} is not complete yet; with run_date {run_date} the newest day is {newest}."
        )
    return set(days)
