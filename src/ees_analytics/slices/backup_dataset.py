"""``BackupPartitionsDataset``: a raw table as units that a backup copies and a restore writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

import pyarrow as pa
import pyarrow.compute as pc
from kedro.io import DatasetError

from ees_analytics.contracts.contract import contract_of
from ees_analytics.contracts.digest import digest
from ees_analytics.contracts.slice_batch import SliceBatch
from ees_analytics.lake.dataset import LakeDataset
from ees_analytics.lake.storage import retry_lost_race
from ees_analytics.slices.backup_partitions import WHOLE, BackupPartitions, as_kept, unit_column
from ees_analytics.slices.ledger import latest_by_slice
from ees_analytics.slices.ledger_dataset import ledger_entries


class BackupPartitionsDataset(LakeDataset[SliceBatch, BackupPartitions]):
    """The units of one raw table.

    Loading counts the rows of every unit and gives a reader of their rows. Saving puts the rows of a
    ``SliceBatch`` in the place of its units, in one commit; it creates the table where it is missing, with
    whatever columns the rows have. Nothing here knows whether that is wanted: the restore node decides it.
    """

    def load(self) -> BackupPartitions:
        """The units now."""
        name = self._contract.name
        if not self._storage.exists():
            return BackupPartitions(name, exists=False)
        values = self._values()
        change = self._storage.last_change()
        return BackupPartitions(
            name,
            exists=True,
            rows={unit: sum(counts.values()) for unit, counts in values.items()},
            digests=self._vouched({unit: sum(counts.values()) for unit, counts in values.items()}),
            changed_at=change.changed_at if change else None,
            read=lambda units: self._read(units, values),
        )

    def save(self, data: SliceBatch) -> None:
        """Write the rows of these units."""
        if not self._storage.exists():
            self._storage.create(contract_of(data.rows.schema, self._contract))
        note = {"digest": digest(data.rows), "restored": f"{min(data.slices)}..{max(data.slices)}"}
        column = self._column
        if column is None:
            retry_lost_race(lambda: self._storage.overwrite(data.rows, note))
        else:
            retry_lost_race(lambda: self._storage.replace(data.rows, column, data.slices, note))

    def _values(self) -> dict[str, dict[str, int]]:
        """Unit to the values of the column that stand for it, each with its rows."""
        if self._column is None:
            return {WHOLE: {WHOLE: self._storage.count()}}
        found: dict[str, dict[str, int]] = {}
        for value, rows in self._storage.slice_counts(self._column).items():
            if value is None:
                raise DatasetError(
                    f"{self._contract.name}: {rows} row(s) have no {self._column}, so they belong to no slice and "
                    "cannot be copied. Give them one, or move them out of the table."
                )
            found.setdefault(PurePath(value).name, {})[value] = rows
        return found

    def _vouched(self, rows: Mapping[str, int]) -> dict[str, str]:
        if not self._contract.slice_column:
            return {}
        ledger = latest_by_slice(ledger_entries(self._ledger, self._contract.name))
        return {
            unit: entry.digest
            for unit, entry in ledger.items()
            if entry.digest and entry.state.is_settled and entry.rows == rows.get(unit)
        }

    def _read(self, units: Sequence[str], values: Mapping[str, Mapping[str, int]]) -> dict[str, pa.Table]:
        if self._column is None:
            return {WHOLE: as_kept(self._storage.rows(), self._contract)} if units else {}
        wanted = [value for unit in units for value in values[unit]]
        rows = as_kept(self._storage.rows_in(self._column, wanted), self._contract)
        texts = pc.cast(rows[self._column], pa.string())
        return {
            unit: rows.filter(pc.is_in(texts, pa.array(list(values[unit]), pa.string()))) for unit in units
        }

    def _exists(self) -> bool:
        return self._storage.exists()

    @property
    def _column(self) -> str | None:
        return unit_column(self._contract)
