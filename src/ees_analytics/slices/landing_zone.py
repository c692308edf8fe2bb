"""``LandingZone``: the landed files of one table, as a node gets them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ees_analytics.slices.slice import FetchedSlice, LandedSlice, QuarantinedSlice


class DamagedLanding(Exception):
    """A landed file does not have the rows that its name states."""


def _no_files(item: LandedSlice | QuarantinedSlice) -> Any:
    raise DamagedLanding(f"{item.path}: this landing zone has no files")


@dataclass(frozen=True)
class LandingZone:
    """The landed files of one table.

    Attributes:
        table: The raw table.
        landed: The newest good file of each slice.
        quarantined: The newest failed attempt of each slice that has no later good file.
        read: Reads a landed file and verifies its digest. Raises ``DamagedLanding`` where it does not match.
        describe: The description in a landed file (``expected_rows``, ``flags``, ``request``, ``metadata``), without
            reading its rows.
        reason: Why a slice was set aside.
        empty_root: The folder above the table's, where no table has a file in it; else None.
    """

    table: str
    landed: Mapping[str, LandedSlice] = field(default_factory=dict)
    quarantined: Mapping[str, QuarantinedSlice] = field(default_factory=dict)
    read: Callable[[LandedSlice], FetchedSlice] = _no_files
    describe: Callable[[LandedSlice], Mapping[str, Any]] = _no_files
    reason: Callable[[QuarantinedSlice], str] = _no_files
    empty_root: str | None = None

    def is_landed(self, slice_: str) -> bool:
        """True where the slice has a file that is not damaged."""
        return slice_ in self.landed and not self.is_damaged(self.landed[slice_])

    def is_damaged(self, item: LandedSlice) -> bool:
        """True where the file does not have the rows that its name states."""
        try:
            self.read(item)
        except DamagedLanding:
            return True
        return False
