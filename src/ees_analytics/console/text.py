"""Numbers and names in messages, the same way everywhere."""

import datetime as dt
from collections.abc import Collection, Hashable, Iterable, Sequence
from difflib import get_close_matches
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def counted(count: int, unit: str) -> str:
    """``1 row``, ``1,234 rows``."""
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


def distinct_percentages(one: float, other: float) -> tuple[str, str]:
    """Both shares in percent, with two decimals, or as many more as tell them apart: ``0.0014%``, ``0.0000%``."""
    texts = ((f"{one:.{digits}%}", f"{other:.{digits}%}") for digits in range(2, 16))
    return next((pair for pair in texts if pair[0] != pair[1]), (f"{one:.2%}", f"{other:.2%}"))


def few(names: Sequence[str], most: int) -> str:
    """The first of them, and how many more there are: ``a, b and 3 more``."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def values_by_key(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """The values of each key, keys and values in the order of their first appearance."""
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def iso_day(text: str) -> dt.date | None:
    """The day of an ISO date such as ``2026-05-01``; None for any other text."""
    try:
        return dt.date.fromisoformat(text) if len(text) == len("2026-05-01") else None
    except ValueError:
        return None


def date_ranges(names: Iterable[str]) -> list[str]:
    """Consecutive ISO days as ranges (``2026-05-01 to 2026-05-03``, ``2026-05-07``), then any other names, sorted."""
    ranges: list[list[dt.date]] = []
    others = []
    for name in sorted(set(names)):
        day = iso_day(name)
        if day is None:
            others.append(name)
        elif ranges and day - ranges[-1][-1] == dt.timedelta(days=1):
            ranges[-1][1:] = [day]
        else:
            ranges.append([day])
    return [" to ".join(day.isoformat() for day in ends) for ends in ranges] + others


def few_ranges(names: Iterable[str]) -> str:
    """The first five ranges or names (see ``date_ranges``), and how many more there are."""
    return few(date_ranges(names), 5)


def did_you_mean(name: str, known: Collection[str], most: int = 3, cutoff: float = 0.6) -> str:
    """``Did you mean a or b?``, at most this number of names; nothing where no known name comes near.

    A name may lack the first parts of a known one: ``ees_page`` is near ``raw.ees_ga4_page``. ``cutoff`` is how near,
    from 0 (anything) to 1 (the same).
    """
    near = get_close_matches(name, sorted(known), n=most, cutoff=cutoff)
    if "." not in name:
        last_parts = values_by_key((full.rpartition(".")[2], full) for full in sorted(known))
        parts = get_close_matches(name, [*last_parts], n=most, cutoff=cutoff)
        near = [*dict.fromkeys([*(full for part in parts for full in last_parts[part]), *near])][:most]
    return f"Did you mean {' or '.join(near)}?" if near else ""
