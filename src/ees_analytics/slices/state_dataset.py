"""``TableStateDataset``: a table's state; ``RestoredTableDataset``: the same table, written by a restore."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, partial
from pathlib import PurePath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from kedro.io import DatasetError

from ees_analytics.console.text import values_by_key
from ees_analytics.contracts.casting import conform, conform_where_possible, without_unfilled
from ees_analytics.contracts.contract import SliceBatch, contract_with_columns
from ees_analytics.contracts.digest import FAST, digest
from ees_analytics.lake.dataset import LakeDataset
from ees_analytics.slices.ledger_dataset import LedgerDataset
from ees_analytics.slices.state import WHOLE, TableState, slicing_column


class TableStateDataset(LakeDataset[SliceBatch, TableState]):
    """A table's present state: its slices, ledger entries, last change and rows. Read-only.

    Args:
        siblings: Tables of the same source: a day that one of them has is not empty.
        lake: See ``LakeDataset``.
    """

    def __init__(self, *, siblings: Collection[str] = (), **lake: Any) -> None:
        super().__init__(**lake)
        self._siblings = sorted({*siblings} - {self._contract.name})

    def load(self) -> TableState:
        """The state now; rows are read only when a node asks for them. ``DatasetError`` if rows belong to no slice."""
        contract, storage = self._contract, self.storage
        name, is_recorded = contract.name, contract.slice_column is not None
        entries = LedgerDataset(table=name, **self._lake).load() if is_recorded else []
        history = values_by_key((entry.slice, entry) for entry in entries)
        ledger = {slice_: found[-1] for slice_, found in history.items()}
        state = partial(TableState, name, ledger=ledger, history=history, sibling_days=self._sibling_days())
        if not storage.exists():
            return state(exists=False, rows=contract.empty)
        change = None if is_recorded else storage.last_change()
        counts = self._counts()
        lacking = tuple(column.name for column in storage.lacking())
        # The slice is a date as it is, or a file path's base name.
        values = values_by_key((PurePath(value).name, value) for value in sorted(counts))
        return state(
            exists=True,
            lacking=lacking,
            left_out=() if storage.gains_columns else lacking,
            slices={slice_: sum(counts[value] for value in some) for slice_, some in values.items()},
            values=values,
            digest_of=lambda slice_, like: digest(self._read([slice_], values)[slice_], like),
            changed_at=change.changed_at if change else None,
            rows=lambda: conform(storage.rows(), contract),
            read=lambda slices: self._read(slices, values),
        )

    def _sibling_days(self) -> Callable[[], dict[str, str]]:
        """Reads, once, which days the ledger knows of the siblings, each with one of these tables."""
        ledger = LedgerDataset(table=self._contract.name, **self._lake)
        return cache(lambda: ledger.days_of(self._siblings) if self._siblings else {})

    def _counts(self) -> dict[str, int]:
        """Rows by value of the slicing column."""
        column = slicing_column(self._contract)
        if self._contract.layer != "raw":
            return {}
        if column is None:
            return {WHOLE: self.storage.count()}
        counts: dict[Any, int] = self.storage.slice_counts(column)
        if stray := counts.get(None):
            raise DatasetError(
                f"{self._contract.name}: {stray} row(s) have no {column}, so they belong to no slice. Give them one, "
                "or move them out of the table."
            )
        return counts

    def _read(self, slices: Sequence[str], values: Mapping[str, Sequence[str]]) -> dict[str, pa.Table]:
        """The rows of each slice, as a landing file has them: without later columns that are null in all of them."""
        column = slicing_column(self._contract)
        if column is None:
            found = dict.fromkeys(slices, conform_where_possible(self.storage.rows(), self._contract))
        else:
            wanted = [value for slice_ in slices for value in values.get(slice_, ())]
            rows = conform_where_possible(self.storage.rows(column, wanted), self._contract)
            texts = pc.cast(rows[column], pa.string())
            found = {
                slice_: rows.filter(pc.is_in(texts, pa.array(values.get(slice_, ()), pa.string())))
                for slice_ in slices
            }
        return {slice_: without_unfilled(rows, self._contract) for slice_, rows in found.items()}


class RestoredTableDataset(TableStateDataset):
    """A raw table that a restore writes.

    Saving replaces the slices of a ``SliceBatch`` in one commit; it creates the table where it is missing, with the
    columns of the rows and later ones of the contract. It checks nothing else: the restore node decides what is written.
    """

    def save(self, data: SliceBatch) -> None:
        """Write the rows of these slices."""
        storage, column = self.storage, slicing_column(self._contract)
        storage.create(contract_with_columns(data.rows.schema, self._contract))
        restored = f"{min(data.slices)}..{max(data.slices)}"
        storage.replace(
            data.rows, column, data.slices, {"digest": digest(data.rows, FAST), "restored": restored}
        )
