"""What is to be done so that a table stays fast to read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Upkeep:
    """Merge small files, and delete those that no version of the last days needs.

    Attributes:
        keep_days: How many days back every version stays readable.
    """

    keep_days: int
