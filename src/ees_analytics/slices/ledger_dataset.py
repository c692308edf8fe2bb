"""``LedgerDataset``: the rows of one table in the ingest ledger."""

from collections.abc import Sequence

from ees_analytics.contracts import contract_for
from ees_analytics.lake.dataset import LakeDataset
from ees_analytics.lake.storage import storage_for
from ees_analytics.lake.table import Mode, TableDataset
from ees_analytics.slices.ledger import LedgerEntry, entries_to_rows, rows_to_entries

_LEDGER = "raw.ees_ingest_ledger"


class LedgerDataset(LakeDataset[Sequence[LedgerEntry], list[LedgerEntry]]):
    """The ledger entries of one raw table."""

    def load(self) -> list[LedgerEntry]:
        """All entries of this table, oldest first; none where there is no ledger yet."""
        ledger = storage_for(contract_for(_LEDGER), **self._lake)
        return rows_to_entries(ledger.rows("table", [self._contract.name])) if ledger.exists() else []

    def save(self, data: Sequence[LedgerEntry]) -> None:
        """Append entries in one commit; without entries there is no commit."""
        if data:
            TableDataset(table=_LEDGER, mode=Mode.APPEND, **self._lake).save(entries_to_rows(data))
