"""What an ingest run means to do to one raw table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IngestPlan:
    """The slices of one run.

    Attributes:
        table: The raw table.
        expected: Every slice that the table should hold after the run, oldest first.
        fetch: Those of them (and of a range asked for by hand) to ask the source for.
        expired: Days that the table should hold and does not, and that the source has forgotten; not expected.
    """

    table: str
    expected: tuple[str, ...]
    fetch: tuple[str, ...]
    expired: tuple[str, ...] = ()
