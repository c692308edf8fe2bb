"""How many of what, in words."""

from __future__ import annotations


def counted(count: int, unit: str) -> str:
    """``1 row``, ``1,234 rows``."""
    return f"{count:,} {unit}{'' if count == 1 else 's'}"
