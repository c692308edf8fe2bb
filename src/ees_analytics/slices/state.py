"""``TableState``: what a node knows of a table before it decides what to write."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pyarrow as pa

from ees_analytics.contracts.contract import TableContract
from ees_analytics.contracts.digest import digest, matches
from ees_analytics.parameters.ingest import LoadLimits
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.slice import DamagedLanding, LandedSlice, LandingZone

RUN = "run_id"
"""The column of the run that wrote a row. Every run, a restore too, adds rows to a table that has it."""

WHOLE = "all"
"""The one slice of a raw table without slices or runs."""


def slicing_column(contract: TableContract) -> str | None:
    """The column whose values are the slices: the contract's, or ``run_id``; None: the table is one slice."""
    if contract.slice_column:
        return contract.slice_column
    return RUN if RUN in contract.column_names else None


@dataclass(frozen=True)
class TableState:
    """A table's state at the moment of loading.

    Attributes:
        slices: Rows per slice in the table now (raw tables only).
        lacking: Later columns of the contract (``since``) that the table does not have yet.
        left_out: Those of them that a write does not add, but leaves out.
        values: The values of the slicing column in each slice: the day itself, or the paths of a file.
        ledger: The newest ledger entry of each slice of this table.
        history: All ledger entries of each slice, oldest first.
        sibling_days: Reads the ledger: each day that another table of the same source has, to that table.
        digest_of: Computes the digest of a slice as it is in the table (reads that slice), with another's algorithm.
        changed_at: When the table's rows last changed (its last commit that wrote rows), UTC; None for a table whose
            slices the ledger records.
        rows: Reads all rows, in the contract's columns and types; no rows where the table does not exist.
        read: Reads the rows of some slices, with the contract's types where they fit.
    """

    table: str
    exists: bool
    slices: Mapping[str, int] = field(default_factory=dict)
    lacking: Sequence[str] = ()
    left_out: Sequence[str] = ()
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ledger: Mapping[str, LedgerEntry] = field(default_factory=dict)
    history: Mapping[str, Sequence[LedgerEntry]] = field(default_factory=dict)
    sibling_days: Callable[[], Mapping[str, str]] = lambda: {}
    digest_of: Callable[[str, str | None], str] | None = None
    changed_at: dt.datetime | None = None
    rows: Callable[[], pa.Table] = lambda: pa.table({})
    read: Callable[[Sequence[str]], Mapping[str, pa.Table]] = lambda _: {}

    def is_settled(self, slice_: str) -> bool:
        """True where table and ledger agree that the slice needs no further attempt.

        A slice that the table has and the ledger lacks was there before the ledger: it is adopted.
        """
        latest, rows = self.ledger.get(slice_), self.slices.get(slice_, 0)
        if rows == 0:
            return latest is not None and latest.state is SliceState.EMPTY
        settled = self.last_settled(slice_)
        return settled is None or settled.rows in (None, rows)

    def last_settled(self, slice_: str) -> LedgerEntry | None:
        """The newest entry that settled the slice, whatever failed since."""
        return next((entry for entry in reversed(self._entries(slice_)) if entry.state.is_settled), None)

    def recorded_files(self, slice_: str) -> set[dt.datetime | None]:
        """When the files of the slice were written that the ledger records."""
        return {entry.landed_at for entry in self._entries(slice_)}

    def recorded_rows(self, slice_: str) -> int:
        """The slice's rows by the ledger; 0 where it does not know of any."""
        entry = self.last_settled(slice_)
        return (entry.rows or 0) if entry else 0

    def _entries(self, slice_: str) -> Sequence[LedgerEntry]:
        latest = self.ledger.get(slice_)
        return self.history.get(slice_) or ([latest] if latest else [])

    def known_days(self) -> set[str]:
        """The slices with rows, by the table or the ledger."""
        return {*self.slices, *(name for name in self.ledger if self.recorded_rows(name))}

    def accepted_empty_days(self) -> set[str]:
        """Days without rows, as a person accepted."""
        return {day for day, entry in self._empty_days() if entry.is_accepted and day not in self.slices}

    def proven_empty_days(self) -> set[str]:
        """Days that the ledger knows as empty because of what the source has; no person accepted them."""
        return {day for day, entry in self._empty_days() if not entry.is_accepted}

    def _empty_days(self) -> Iterator[tuple[str, LedgerEntry]]:
        return ((day, entry) for day, entry in self.ledger.items() if entry.state is SliceState.EMPTY)

    def contradicted_days(self) -> set[str]:
        """Days that the ledger knows as empty, and another table of the same source has."""
        empty = self.proven_empty_days()
        return empty & self.sibling_days().keys() if empty else set()

    def recorded_digest(self, slice_: str) -> str | None:
        """The slice's digest in the ledger, where the entry has as many rows as the table."""
        entry = self.last_settled(slice_)
        return entry.digest if entry and entry.rows == self.slices.get(slice_) else None

    def as_loaded(self, item: LandedSlice, landing: LandingZone) -> LandedSlice:
        """The landed slice with the digest that its rows have in the table, which may lack later columns."""
        if not self.left_out or item.digest == self.recorded_digest(item.slice):
            return item
        with suppress(DamagedLanding):  # the load reports it
            rows = landing.read(item).rows
            kept = [name for name in rows.column_names if name not in self.left_out]
            return replace(item, digest=digest(rows.select(kept), item.digest))
        return item


def altered_slices(state: TableState, limits: LoadLimits) -> list[str]:
    """The slices whose rows are not those that the ledger recorded: every row of the table is read."""
    altered = {
        name
        for name in state.ledger
        if (entry := state.last_settled(name)) and entry.rows not in (None, state.slices.get(name, 0))
    }
    for group in grouped(state.slices, limits):
        rows = state.read(group)
        recorded = {name: found for name in group if (found := state.recorded_digest(name))}
        altered |= {name for name, found in recorded.items() if not matches(rows[name], found)}
    return sorted(altered)


def grouped(rows: Mapping[str, int], limits: LoadLimits) -> Iterator[list[str]]:
    """Slices (name to rows) in groups that fit into memory together; a single slice may exceed the limit of rows."""
    group: list[str] = []
    total = 0
    for slice_, more in rows.items():
        if group and (total + more > limits.max_rows or len(group) >= limits.max_slices):
            yield group
            group, total = [], 0
        group.append(slice_)
        total += more
    if group:
        yield group
