"""``TableDataset`` reads and writes Delta tables."""

import datetime as dt
import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from kedro.io import DatasetError
from kedro_datasets._typing import TablePreview
from pyspark.sql import functions as F

from ees_analytics.contracts.casting import as_arrow, conform
from ees_analytics.contracts.contract import ContractError, SliceBatch
from ees_analytics.contracts.large import LargeRows, digest_on_engine
from ees_analytics.lake.changes import TableChanges, changes_between, net_changes
from ees_analytics.lake.dataset import LakeDataset
from ees_analytics.lake.engine import spark_session
from ees_analytics.lake.frozen import complete_rows, warn_of_incomplete_rows
from ees_analytics.lake.loss import refuse_loss
from ees_analytics.lake.rows import are_equal, fast_digest, newest_day, rows_by_day
from ees_analytics.lake.storage import TableStorage
from ees_analytics.transforms.local_rows import frame_of

logger = logging.getLogger(__name__)


class Mode(StrEnum):
    """What a save does to the table's present rows."""

    APPEND = "append"
    REPLACE_SLICE = "replace-slice"
    REPLACE_TABLE = "replace-table"


@dataclass(frozen=True)
class SaveSummary:
    """What one save did, for the run report.

    Attributes:
        rows: The number of rows that were saved.
        changed: False where the table already had them, and nothing was committed.
        newest: The newest ``date`` among them, where there is such a column.
        changes: What a new version of a table that is replaced whole changed.
    """

    rows: int
    changed: bool
    newest: dt.date | None = None
    changes: TableChanges | None = None


class TableDataset(LakeDataset[Any, Any]):
    """A Delta table of the lake, by path or by three-level name.

    Loading gives a lazy Spark DataFrame. A missing table is refused, except where ``absent`` allows it. Saving casts
    to the contract, refuses what does not fit, and is one atomic commit:

    - ``append``: an Arrow table or DataFrame of rows to add;
    - ``replace-slice``: a ``SliceBatch``; its rows replace exactly those slices (a batch without slices only creates
      the table where it is missing);
    - ``replace-table``: all rows; no commit where they equal the current version.

    Example (conf/base/catalog_tables.yml)::

        "raw.{table}":
          type: ees_analytics.lake.table.TableDataset
          table: "raw.{table}"
          engine: sail
          lake_root: data/lake
          mode: replace-slice

    Args:
        table: The catalogue name of the contract, ``raw.<table>`` or ``app.<table>``.
        mode: See above.
        absent: ``error``, or ``empty``: a table that does not exist loads without rows. ``frozen-empty``
            allows that for frozen tables only.
        max_loss: The share of its rows, from 0 to 1, that a table of the dashboard may lose when it is replaced; it
            may never lose its newest day. None: any.
        accept_loss: Tables, joined by ``+``, that may lose more in this run.
        max_compared_rows: The most rows of a table whose new version is compared with the one before, row by row, for
            ``last_save``; of a larger one only the number of rows of each day.
        metadata: For Kedro and its plugins.
        lake: ``engine``, ``lake_root`` and ``catalog``: see ``LakeDataset``.
    """

    def __init__(
        self,
        *,
        table: str,
        mode: str = Mode.REPLACE_TABLE,
        absent: str = "error",
        max_loss: float | None = None,
        accept_loss: str | None = None,
        max_compared_rows: int = 0,
        metadata: dict[str, Any] | None = None,
        **lake: Any,
    ) -> None:
        super().__init__(table=table, **lake)
        self._mode = Mode(mode)
        self._absent = absent
        is_accepted = self._contract.operational or self._contract.name in (accept_loss or "").split("+")
        self._max_loss = None if is_accepted else max_loss
        self._max_compared_rows = max_compared_rows
        self.metadata = {"kedro-viz": {"layer": self._contract.layer}, **(metadata or {})}
        self.last_save: SaveSummary | None = None
        self._warned = False

    @property
    def is_replaced_whole(self) -> bool:
        """True where a save replaces all rows of the table."""
        return self._mode is Mode.REPLACE_TABLE

    def load(self) -> Any:
        """The table's rows; of a frozen table those that can be counted.

        Later columns of the contract (``since``) that the table lacks are null.

        Raises:
            DatasetError: The table does not exist, and ``absent`` does not allow that.
        """
        storage = self.storage
        if storage.exists():
            if not self._contract.frozen:
                frame = storage.frame()
                later = {column.name: F.lit(None).cast(column.type.lower()) for column in storage.lacking()}
                return frame.withColumns(later) if later else frame
            if not self._warned:
                warn_of_incomplete_rows(storage, self._contract)
                self._warned = True
            return complete_rows(storage, self._contract)
        if self._absent == "empty" or (self._absent == "frozen-empty" and self._contract.frozen):
            if self._contract.frozen:
                logger.info("%s is not in the lake: it counts as empty.", self._contract.name)
            return frame_of(self._contract.empty(), spark_session(self._lake["engine"]))
        schema = storage.location.removesuffix(self._contract.name).rstrip("/\\.")
        # Kedro's message puts the table's name before this one.
        raise DatasetError(
            f"there is no such table in {schema}. {self._how_to_make()}, or check `lake_root` and `catalog`."
        )

    def _how_to_make(self) -> str:
        if self._contract.frozen:
            return (
                "It is frozen: bring it back (`kedro run --pipelines restore`) or fill it once from parquet files "
                "(`kedro run --pipelines import_frozen`)"
            )
        pipeline = "ingest" if self._contract.layer == "raw" else "reporting"
        return f"`kedro run --pipelines {pipeline}` makes it"

    def save(self, data: Any) -> None:
        """Write in this dataset's mode.

        Raises:
            DatasetError: The contract refuses the rows, rows are outside their slices, the table is frozen, or a
                commit failed. Nothing was written.
        """
        if self._contract.frozen:
            raise DatasetError(
                f"{self._table} is frozen: its rows can never be fetched again, and nothing writes it. Where it is "
                "missing, `kedro run --pipelines import_frozen` fills it once from parquet files."
            )
        if self._mode is Mode.REPLACE_SLICE and not isinstance(data, SliceBatch):
            raise DatasetError(f"{self._table}: replace-slice saves a SliceBatch, got {type(data).__name__}")
        try:
            rows: pa.Table | LargeRows = data
            if not isinstance(data, LargeRows):
                given = as_arrow(data.rows if isinstance(data, SliceBatch) else data)
                rows = conform(given, self._contract, keep_encoded=True)
            changes = None
            if isinstance(data, SliceBatch):
                changed = self._replace_slices(rows, data)
            elif self._mode is Mode.APPEND:
                changed = self._append(rows)
            else:
                changed, changes = self._replace_table(rows)
            self.last_save = SaveSummary(rows.num_rows, changed, newest_day(rows), changes)
        except ContractError as error:
            raise DatasetError(str(error)) from error
        finally:
            if isinstance(data, LargeRows):
                data.release()

    def preview(self, nrows: int = 20) -> TablePreview:
        """The newest rows, for Kedro-Viz; the first ones of a table without days."""
        rows = self._newest_rows(nrows) if self.storage.exists() else self._contract.empty()
        data = [[_shown(value) for value in row.values()] for row in rows.to_pylist()]
        return TablePreview({"index": list(range(len(data))), "columns": rows.column_names, "data": data})

    def _newest_rows(self, count: int) -> pa.Table:
        if (day_column := self._contract.day_column) is None:
            return self.storage.rows(limit=count)
        counts, days = self.storage.slice_counts(day_column), list[str]()
        for day in sorted(filter(None, counts), reverse=True):
            if sum(counts[newer] for newer in days) >= count:
                break
            days.append(day)
        return self.storage.rows(day_column, days).sort_by([(day_column, "descending")]).slice(0, count)

    def _replace_slices(self, rows: pa.Table, batch: SliceBatch) -> bool:
        column = self._contract.slice_column
        if column is None:
            raise ContractError(f"{self._table}: the contract has no slice_column")
        slices = list(batch.slices)
        _refuse_rows_outside(rows, column, slices, self._table)
        storage = self.storage
        if not slices:
            storage.create(self._contract)
            return False
        commit_metadata = {
            "digest": fast_digest(rows, self._contract),
            "slices": f"{min(slices)}..{max(slices)}",
        }
        if not storage.create_filled(self._contract, rows, commit_metadata):
            storage.replace(rows, column, slices, commit_metadata)
        return True

    def _append(self, rows: pa.Table | LargeRows) -> bool:
        if rows.num_rows and not self.storage.create_filled(self._contract, rows, {}):
            self.storage.append(rows, {})
        return bool(rows.num_rows)

    def _replace_table(self, rows: pa.Table | LargeRows) -> tuple[bool, TableChanges | None]:
        storage = self.storage
        changes = None
        if not storage.exists():
            metadata = {"digest": fast_digest(rows, self._contract)}
            if not storage.create_filled(self._contract, rows, metadata):
                storage.replace(rows, None, (), metadata)
        else:
            storage.create(self._contract)
            rows = storage.fit(rows)
            new = fast_digest(rows, self._contract)
            if are_equal(rows, self._contract, self._current_digest(storage, rows), new):
                logger.debug("%s is up to date.", self._table)
                return False, None
            storage.checked(rows)
            if self._max_loss is not None:
                refuse_loss(storage, rows, self._contract, self._max_loss)
            changes = self._changes(storage, rows)
            storage.replace(rows, None, (), {"digest": new})
        logger.info("%s: written, %s rows.", self._contract.name, f"{rows.num_rows:,}")
        return True, changes

    def _changes(self, storage: TableStorage, rows: pa.Table | LargeRows) -> TableChanges:
        day = self._contract.day_column
        if isinstance(rows, pa.Table) and max(storage.count(), rows.num_rows) <= self._max_compared_rows:
            return changes_between(storage.rows(), rows, self._contract.key, day)
        counts = storage.slice_counts(day) if day else {"": storage.count()}
        return net_changes(counts, rows_by_day(rows, day))

    def _current_digest(self, storage: TableStorage, rows: pa.Table | LargeRows) -> str:
        change = storage.last_change()
        if change and "digest" in change.commit_metadata:
            return change.commit_metadata["digest"]
        if isinstance(rows, LargeRows):
            return digest_on_engine(storage.frame(), storage.count())
        return fast_digest(storage.rows(), self._contract)

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "mode": str(self._mode)}


def _refuse_rows_outside(rows: pa.Table, column: str, slices: list[str], table: str) -> None:
    found = pc.unique(pc.cast(rows[column], pa.string())).to_pylist()
    outside = sorted(set(found) - set(slices), key=str)
    if outside:
        raise ContractError(
            f"{table}: rows of {column} {outside[:5]} are outside the slices that are being replaced "
            f"({', '.join(slices[:5])}). Nothing was written."
        )


def _shown(value: Any) -> str | None:
    """A value in a preview: counts are DOUBLE in many tables, and are shown as 5285, not 5285.0."""
    if value is None:
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
