"""What a node may know of a table before it decides what to write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from ees_analytics.slices.ledger import LedgerEntry


@dataclass(frozen=True)
class TableState:
    """A table's state at the moment of loading.

    Attributes:
        table: The table's name.
        exists: False before the first write.
        slices: Rows per slice that the table holds now.
        values: The values of the slice column that stand for a slice: the day itself, or the paths of a file.
        ledger: The newest ledger entry of each slice of this table.
        digest_of: Computes the digest of a slice as it is in the table (reads that slice).
        changed_at: When the table's rows last changed (its last commit that wrote rows), UTC; None for a table with
            slices.
        rows: Reads all rows, in the contract's columns and types; no rows where the table does not exist.
    """

    table: str
    exists: bool
    slices: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ledger: Mapping[str, LedgerEntry] = field(default_factory=dict)
    digest_of: Callable[[str], str] | None = None
    changed_at: dt.datetime | None = None
    rows: Callable[[], pa.Table] = lambda: pa.table({})
