"""``IngestPlan``: the slices of one raw table in an ingest run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IngestPlan:
    """The slices of one run.

    Attributes:
        table: The raw table.
        expected: Every slice that the table should have after the run, oldest first.
        fetch: The slices to fetch, of these and of a range that was requested by parameters.
        expired: Days that the table lacks and the source no longer has; they are not expected.
    """

    table: str
    expected: tuple[str, ...]
    fetch: tuple[str, ...]
    expired: tuple[str, ...] = ()
