"""Days in words: ranges instead of long lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from ees_analytics.console.text import few
from ees_analytics.slices.ledger import LedgerEntry

_SHOWN = 5


def in_ranges(days: Iterable[str]) -> list[str]:
    """Neighbouring ISO days as ``first to last``; names that are no days (files) as they are."""
    ranges: list[list[dt.date]] = []
    others = []
    for name in sorted(set(days)):
        day = as_day(name)
        if day is None:
            others.append(name)
        elif ranges and day - ranges[-1][-1] == dt.timedelta(days=1):
            ranges[-1][1:] = [day]
        else:
            ranges.append([day])
    return [" to ".join(day.isoformat() for day in found) for found in ranges] + others


def shortly(names: Collection[str]) -> str:
    """A few of them, and how many more there are."""
    return few(in_ranges(names), _SHOWN)


def as_day(text: str) -> dt.date | None:
    """The day of an ISO date; None for any other text."""
    try:
        return dt.date.fromisoformat(text) if len(text) == len("2026-01-01") else None
    except ValueError:
        return None


def gaps(
    held: Collection[str], ledger: Mapping[str, LedgerEntry], quarantined: Collection[str] = ()
) -> list[str]:
    """Days between the first and the newest held one that are neither held nor known empty nor set aside, as ranges."""
    days = sorted(day for name in held if (day := as_day(name)))
    if not days:
        return []
    span = (days[0] + dt.timedelta(days=count) for count in range((days[-1] - days[0]).days))
    return in_ranges(
        day.isoformat()
        for day in span
        if day.isoformat() not in held
        and day.isoformat() not in quarantined
        and not ((entry := ledger.get(day.isoformat())) and entry.state.is_settled)
    )
