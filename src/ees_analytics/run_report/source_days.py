"""The days of each source: a calendar, and how fresh it is."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup

from ees_analytics.console.text import counted, date_ranges, iso_day, values_by_key
from ees_analytics.parameters.daily_measures import Source
from ees_analytics.run_report.charts import Days, calendar, days_to, long_day
from ees_analytics.slices.slice import Flags

SIGNS = {"missing": "✗", "set aside": "!", "empty": "0", "estimated": "≈", "in": "✓", "not due": "·"}
"""State of a day to its sign, the most serious first."""

CALENDAR_WEEKS = 12
_LATE_DAYS = 2
"""A source that is more days late than this is very late."""

States = Mapping[tuple[str, dt.date], str]
"""Table and day to what the ledger knows: empty, set aside or estimated."""


class SourceDays(NamedTuple):
    """The freshness of a source (``light``), its calendar, and the days of the serious states, as ranges."""

    source: str
    light: str
    words: str
    calendar: Markup
    days: Mapping[str, Sequence[str]]


def source_days(
    source: Source, tables: Mapping[str, Days], states: States, today: dt.date
) -> SourceDays | None:
    """What the page shows of a source, from its raw tables' rows by day; None where no day before today has any.

    A day is in where all tables have it; otherwise the worst state counts.
    """
    held = {day for days in tables.values() for day in days if day < today}
    if not held:
        return None
    window = [day for day in days_to(today, 7 * CALENDAR_WEEKS) if min(held) <= day < today]
    found = {day: _state(source, tables, states, day) for day in window}
    found |= {day: "not due" for day in window if day > source.expected_day(today) and day not in held}
    by_state = values_by_key((state, str(day)) for day, state in found.items())
    named = {state: date_ranges(by_state[state]) for state in [*SIGNS][:-2] if state in by_state}
    inside = counted(len(by_state.get("in", ())), "day")
    listed = [f"{state} {', '.join(days)}" for state, days in named.items()]
    what = ". ".join([f"Days of {source.source} from {long_day(window[0])}: {inside} in", *listed])
    light, words = freshness(source, max(held), today)
    return SourceDays(source.source, light, words, calendar(what, found, SIGNS), named)


def ledger_states(entries: Iterable[Mapping[str, Any]]) -> States:
    """What the newest entry of each day in the ledger knows."""
    found = {}
    for entry in sorted(entries, key=lambda entry: entry["recorded_at"]):
        is_flagged = any(entry[flag] for flag in Flags.MEANINGS)
        is_estimate = is_flagged and entry["state"] not in ("empty", "set aside")
        found[entry["table"], iso_day(entry["slice"])] = "estimated" if is_estimate else entry["state"]
    return {(table, day): state for (table, day), state in found.items() if day}


def freshness(source: Source, newest: dt.date, today: dt.date) -> tuple[str, str]:
    """``on time``, ``late`` or ``very late``, and what it means. A source of weekdays only is late by working days."""
    due = source.expected_day(today)
    late = int(np.busday_count(newest, due)) if source.weekdays_only else (due - newest).days
    light = "on time" if late <= 0 else "late" if late <= _LATE_DAYS else "very late"
    unit = "working day" if source.weekdays_only else "day"
    words = f"{counted(late, unit)} late: {long_day(due)} is due" if late > 0 else "as due"
    return light, f"Newest day {long_day(newest)}, {words}"


def _state(source: Source, tables: Mapping[str, Days], states: States, day: dt.date) -> str:
    """The worst state of a day in any table."""
    absent = "not due" if source.weekdays_only and day.weekday() >= 5 else "missing"
    found = set()
    for name, days in tables.items():
        known, is_in = states.get((name, day)), day in days
        counts = known in (("estimated",) if is_in else ("empty", "set aside"))
        found.add(known if counts else "in" if is_in else absent)
    return next(state for state in SIGNS if state in found)
