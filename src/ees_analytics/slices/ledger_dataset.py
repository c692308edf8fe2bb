"""``LedgerDataset``: the rows of one table in the ingest ledger."""

from collections.abc import Sequence

from ees_analytics.console.text import values_by_key
from ees_analytics.contracts import contract_for
from ees_analytics.lake.dataset import LakeDataset
from ees_analytics.lake.storage import storage_for
from ees_analytics.lake.table import Mode, TableDataset
from ees_analytics.slices.ledger import LedgerEntry, entries_to_rows, latest_by_slice, rows_to_entries

_LEDGER = "raw.ees_ingest_ledger"


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
        """Append entries in one commit; without entries there is no commit."""
        if data:
            TableDataset(table=_LEDGER, mode=Mode.APPEND, **self._lake).save(entries_to_rows(data))

    def _entries(self, tables: Sequence[str]) -> list[LedgerEntry]:
        ledger = storage_for(contract_for(_LEDGER), **self._lake)
        return rows_to_entries(ledger.rows("table", tables)) if ledger.exists() else []
