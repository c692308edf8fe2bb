"""What a node sees of the landing zone of one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ees_analytics.slices.slice import FetchedSlice, LandedSlice, QuarantinedSlice


class DamagedLanding(Exception):
    """A landed file does not hold the rows that its name promises."""


def _nothing_landed(item: LandedSlice) -> FetchedSlice:
    raise DamagedLanding(f"{item.path}: this landing zone holds no files")


def _nothing_described(item: LandedSlice) -> Mapping[str, Any]:
    raise DamagedLanding(f"{item.path}: this landing zone holds no files")


def _no_reason(item: QuarantinedSlice) -> str:
    return f"see {item.path}"


@dataclass(frozen=True)
class LandingZone:
    """The landed files of one table.

    Attributes:
        table: The raw table.
        landed: The newest good file of each slice.
        quarantined: The newest failed attempt of each slice that has no later good file.
        read: Reads a landed file and verifies its digest. Raises ``DamagedLanding`` where it does not match.
        describe: What the landed file says of itself (``expected_rows``, ``flags``, ``request``, ``metadata``)
            without reading its rows.
        reason: Why a slice was set aside.
    """

    table: str
    landed: Mapping[str, LandedSlice] = field(default_factory=dict)
    quarantined: Mapping[str, QuarantinedSlice] = field(default_factory=dict)
    read: Callable[[LandedSlice], FetchedSlice] = _nothing_landed
    describe: Callable[[LandedSlice], Mapping[str, Any]] = _nothing_described
    reason: Callable[[QuarantinedSlice], str] = _no_reason
