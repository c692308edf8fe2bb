"""``LedgerDataset``: the rows of one table in the ingest ledger."""

import threading
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.console.text import values_by_key
from ees_analytics.lake.dataset import LakeDataset
from ees_analytics.lake.storage import TableStorage, storage_for
from ees_analytics.slices.ledger import (
    CONTRACT,
    LedgerEntry,
    entries_to_rows,
    latest_by_slice,
    rows_to_entries,
    unrecorded,
)

_lock = threading.Lock()
_newest: dict[str, tuple[object, pa.Table]] = {}
"""The version that was read last and its rows, by location: a run asks for every table, mostly of the same version."""


class LedgerDataset(LakeDataset[Sequence[LedgerEntry], list[LedgerEntry]]):
    """The ledger entries of one raw table."""

    def load(self) -> list[LedgerEntry]:
        """All entries of this table, oldest first; none where there is no ledger yet."""
        return self._entries([self._contract.name])

    def days_of(self, tables: Sequence[str]) -> dict[str, str]:
        """Each day that one of these tables has, by its newest settled entry, to that table."""
        by_table = values_by_key(
            (entry.table, entry) for entry in self._entries(tables) if entry.state.is_settled
        )
        return {
            day: table
            for table, entries in by_table.items()
            for day, entry in latest_by_slice(entries).items()
            if entry.rows
        }

    def save(self, data: Sequence[LedgerEntry]) -> None:
        """Append entries in one commit, but for those that another run recorded meanwhile; without any there is none."""
        if data:
            ledger = storage_for(CONTRACT, **self._lake)
            ledger.create(CONTRACT)
            ledger.append_new(
                "table",
                self._contract.name,
                lambda rows: entries_to_rows(unrecorded(data, rows_to_entries(rows))),
            )

    def _entries(self, tables: Sequence[str]) -> list[LedgerEntry]:
        ledger = storage_for(CONTRACT, **self._lake)
        return rows_to_entries(_rows(ledger, tables)) if ledger.exists() else []


def _rows(ledger: TableStorage, tables: Sequence[str]) -> pa.Table:
    version = ledger.version()
    if version is None:
        return ledger.rows("table", tables)
    with _lock:
        if ledger.location not in _newest or _newest[ledger.location][0] != version:
            _newest[ledger.location] = version, ledger.rows()
        rows = _newest[ledger.location][1]
    return rows.filter(pc.is_in(rows["table"], pa.array(tables, pa.string())))
