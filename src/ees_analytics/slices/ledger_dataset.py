"""``LedgerDataset`` and ``TableStateDataset``: what is recorded of a table, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath

import pyarrow as pa

from ees_analytics.contracts.casting import conform
from ees_analytics.contracts.digest import digest
from ees_analytics.lake.dataset import LEDGER, LakeDataset
from ees_analytics.lake.storage import TableStorage
from ees_analytics.lake.table import Mode, TableDataset
from ees_analytics.slices.ledger import (
    LedgerEntry,
    entries_to_rows,
    latest_by_slice,
    rows_to_entries,
)
from ees_analytics.slices.state import TableState


class LedgerDataset(LakeDataset[Sequence[LedgerEntry], list[LedgerEntry]]):
    """The rows of one raw table in the ingest ledger.

    Saving appends entries (none: nothing is written, no commit). Loading gives all entries of the table,
    oldest first.
    """

    def load(self) -> list[LedgerEntry]:
        """All entries of this table, oldest first."""
        return ledger_entries(self._ledger, self._contract.name)

    def save(self, data: Sequence[LedgerEntry]) -> None:
        """Append entries."""
        if data:
            TableDataset(table=LEDGER, mode=Mode.APPEND, **self._place).save(entries_to_rows(data))

    def _exists(self) -> bool:
        return self._ledger.exists()


class TableStateDataset(LakeDataset[None, TableState]):
    """How a table stands: its slices, its ledger entries, its last change. Read-only."""

    def load(self) -> TableState:
        """The state now."""
        name, column = self._contract.name, self._contract.slice_column
        ledger = latest_by_slice(ledger_entries(self._ledger, name)) if column else {}
        if not self._storage.exists():
            return TableState(name, exists=False, ledger=ledger, rows=self._contract.empty)
        if column is None:
            change = self._storage.last_change()
            changed_at = change.changed_at if change else None
            return TableState(name, exists=True, ledger=ledger, changed_at=changed_at, rows=self._rows)
        counts = self._storage.slice_counts(column)
        values = _by_slice(counts)
        return TableState(
            name,
            exists=True,
            slices={slice_: sum(counts[value] for value in some) for slice_, some in values.items()},
            values=values,
            ledger=ledger,
            digest_of=lambda slice_: self._digest(values.get(slice_, [slice_])),
            rows=self._rows,
        )

    def _rows(self) -> pa.Table:
        return conform(self._storage.rows(), self._contract)

    def _digest(self, values: Sequence[str]) -> str:
        parts = [self._storage.rows(self._contract.slice_column, value) for value in values]
        return digest(conform(pa.concat_tables(parts), self._contract))

    def save(self, data: None) -> None:
        """Refused: a state is read, never written."""
        raise NotImplementedError("state.<table> is read-only; write through raw.<table> or ledger.<table>")


def ledger_entries(storage: TableStorage, table: str) -> list[LedgerEntry]:
    """The ledger's entries of one table, oldest first; none where there is no ledger yet."""
    return rows_to_entries(storage.rows("table", table)) if storage.exists() else []


def _by_slice(values: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for value in sorted(values):
        found.setdefault(slice_name(value), []).append(value)
    return found


def slice_name(value: str) -> str:
    """The slice that a value of the slice column stands for: a date as it is, a file path's base name."""
    return PurePath(value).name
