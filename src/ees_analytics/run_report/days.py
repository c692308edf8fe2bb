"""Days of a table, for the run report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from ees_analytics.console.text import date_ranges, few, iso_day
from ees_analytics.slices.ledger import LedgerEntry

_SHOWN = 5


def shortly(names: Collection[str]) -> str:
    """A few of them, and how many more there are."""
    return few(date_ranges(names), _SHOWN)


def gaps(
    held: Collection[str], ledger: Mapping[str, LedgerEntry], quarantined: Collection[str] = ()
) -> list[str]:
    """Days between the first and the newest held day that are not held, not known to be empty and not set aside, as ranges."""
    days = sorted(day for name in held if (day := iso_day(name)))
    if not days:
        return []
    span = (days[0] + dt.timedelta(days=count) for count in range((days[-1] - days[0]).days))
    return date_ranges(
        day.isoformat()
        for day in span
        if day.isoformat() not in held
        and day.isoformat() not in quarantined
        and not ((entry := ledger.get(day.isoformat())) and entry.state.is_settled)
    )
