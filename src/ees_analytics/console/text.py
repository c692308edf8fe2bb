"""Numbers and names in messages, the same way everywhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches


def counted(count: int, unit: str) -> str:
    """``1 row``, ``1,234 rows``."""
    return f"{count:,} {unit}{'' if count == 1 else 's'}"


def few(names: Sequence[str], most: int) -> str:
    """The first of them, and how many more there are: ``a, b and 3 more``."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def did_you_mean(name: str, known: Collection[str], most: int = 3, cutoff: float = 0.6) -> str:
    """``Did you mean a or b?``; nothing where no known name comes near.

    Args:
        name: What was given.
        known: What there is.
        most: So many names at most.
        cutoff: How near, from 0 (anything) to 1 (the same).
    """
    near = get_close_matches(name, sorted(known), n=most, cutoff=cutoff)
    return f"Did you mean {' or '.join(near)}?" if near else ""
