"""The ingest ledger: one row per table, slice and attempt. Append-only."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import pyarrow as pa

from ees_analytics.console.safe_text import printable_values
from ees_analytics.contracts import contract_for
from ees_analytics.contracts.casting import conform

CONTRACT = contract_for("raw.ees_ingest_ledger")

ACCEPTED = "accepted by "
"""How the reason of an entry begins whose rows a person accepted."""

ADOPTED = "adopted: "
"""How the reason of an entry begins whose rows were in the table before the ledger."""


class SliceState(StrEnum):
    """How far a slice has come."""

    LANDED = "landed"
    COMMITTED = "committed"
    EMPTY = "empty"
    QUARANTINED = "set aside"
    RESTATED = "restated"

    @property
    def is_settled(self) -> bool:
        """True where the slice needs no further attempt."""
        return self in (SliceState.COMMITTED, SliceState.EMPTY, SliceState.RESTATED)


@dataclass(frozen=True)
class LedgerEntry:
    """One row of the ledger; the fields are its columns."""

    table: str
    slice: str
    state: SliceState
    run_id: str
    recorded_at: dt.datetime
    rows: int | None = None
    expected_rows: int | None = None
    digest: str | None = None
    sampled: bool = False
    thresholded: bool = False
    other_row: bool = False
    truncated: bool = False
    capped: bool = False
    reason: str | None = None
    landed_at: dt.datetime | None = None

    @property
    def is_accepted(self) -> bool:
        """True where a person accepted what the source had."""
        return (self.reason or "").startswith(ACCEPTED)

    @property
    def is_adopted(self) -> bool:
        """True where the table had the rows, and no landed file has them."""
        return (self.reason or "").startswith(ADOPTED)


def entries_to_rows(entries: Iterable[LedgerEntry]) -> pa.Table:
    """The entries as Arrow rows of the ledger table."""
    records = [vars(entry) | {"reason": printable_values(entry.reason)} for entry in entries]
    # Without the contract's comments: delta-rs refuses other ones than the table has.
    return conform(pa.Table.from_pylist(records, schema=CONTRACT.arrow_schema), CONTRACT)


def rows_to_entries(rows: pa.Table) -> list[LedgerEntry]:
    """The ledger's rows as entries, oldest first."""
    entries = [
        LedgerEntry(**{**record, "state": SliceState(record["state"])})
        for record in rows.select(CONTRACT.column_names).to_pylist()
    ]
    return sorted(entries, key=lambda entry: entry.recorded_at)


def latest_by_slice(entries: Iterable[LedgerEntry]) -> dict[str, LedgerEntry]:
    """The newest entry of each slice."""
    return {entry.slice: entry for entry in sorted(entries, key=lambda entry: entry.recorded_at)}


def unrecorded(entries: Iterable[LedgerEntry], recorded: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The entries that differ from the newest recorded one of their slice in more than its run and time."""
    latest = latest_by_slice(recorded)
    return [
        entry
        for entry in entries
        if (last := latest.get(entry.slice)) is None
        or replace(last, run_id=entry.run_id, recorded_at=entry.recorded_at) != entry
    ]
