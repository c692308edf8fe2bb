"""The ingest ledger: one row per table, slice and attempt. Append-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum

import pyarrow as pa

from ees_analytics.contracts.checks import OneOf
from ees_analytics.contracts.contract import Column, ColumnType, TableContract


class SliceState(StrEnum):
    """How far a slice got."""

    LANDED = "landed"
    COMMITTED = "committed"
    EMPTY = "empty"
    SET_ASIDE = "set aside"
    RESTATED = "restated"

    @property
    def is_settled(self) -> bool:
        """True where the slice needs no further attempt."""
        return self in (SliceState.COMMITTED, SliceState.EMPTY, SliceState.RESTATED)


CONTRACT = TableContract(
    schema="analytics_raw",
    name="ees_ingest_ledger",
    description="One row per raw table, slice (a day or a file) and attempt to ingest it. Append-only.",
    columns=[
        Column("table", ColumnType.STRING, "The raw table"),
        Column("slice", ColumnType.STRING, "The slice: an ISO date, or a log file's base name"),
        Column("state", ColumnType.STRING, "landed, committed, empty, set aside or restated"),
        Column("rows", ColumnType.BIGINT, "Rows of the slice in the table, or landed", nullable=True),
        Column("expected_rows", ColumnType.BIGINT, "Rows that the source stated", nullable=True),
        Column("digest", ColumnType.STRING, "Order-independent digest of the slice's rows", nullable=True),
        Column("sampled", ColumnType.BOOLEAN, "The source sampled its data"),
        Column("thresholded", ColumnType.BOOLEAN, "The source withheld rows below a privacy threshold"),
        Column("other_row", ColumnType.BOOLEAN, "The source folded rare values into (other)"),
        Column("truncated", ColumnType.BOOLEAN, "The source cut the tail of the slice"),
        Column("capped", ColumnType.BOOLEAN, "The slice reached the source's row limit"),
        Column("reason", ColumnType.STRING, "Why it was set aside, adopted or believed empty", nullable=True),
        Column("run_id", ColumnType.STRING, "The run that wrote this row"),
        Column("landed_at", ColumnType.TIMESTAMP, "When the slice was fetched, UTC", nullable=True),
        Column("recorded_at", ColumnType.TIMESTAMP, "When this row was written, UTC"),
    ],
    checks=[OneOf("state", tuple(state.value for state in SliceState))],
)


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


def entries_to_rows(entries: Iterable[LedgerEntry]) -> pa.Table:
    """The entries as Arrow rows of the ledger table."""
    records = [{field.name: getattr(entry, field.name) for field in fields(LedgerEntry)} for entry in entries]
    return pa.Table.from_pylist(records, schema=CONTRACT.arrow_schema.remove_metadata())


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
