"""``ComputedRowsDataset`` computes rows once, for all steps that read them."""

from collections.abc import Callable, Sequence
from typing import Any

from kedro.io import AbstractDataset, DatasetError
from pyspark.sql import DataFrame

from ees_analytics.lake.collecting import keep_in_parquet
from ees_analytics.lake.engine import Engine
from ees_analytics.transforms.local_rows import materialize_small

_ON_THIS_MACHINE = (Engine.SAIL, Engine.SPARK)


class ComputedRowsDataset(AbstractDataset[DataFrame, DataFrame]):
    """Rows that one step makes and several others read: a save computes them.

    An engine on this machine writes them to parquet files in a temporary folder, which is there until the catalogue is gone.
    A cluster cannot: there ``small`` rows are collected and sent with each query, and others are computed by each.

    Args:
        engine: See ``lake.engine.Engine``.
        small: Whether a cluster's rows can be collected.
        partition_by: Columns with few values, by which readers filter: each value has a file of its own.
        metadata: For Kedro and its plugins.
    """

    _EPHEMERAL = True

    def __init__(
        self,
        *,
        engine: str,
        small: bool = False,
        partition_by: Sequence[str] = (),
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._engine, self._small, self._partition_by = engine, small, tuple(partition_by)
        self.metadata = metadata
        self._frame: Callable[[], DataFrame] | None = None

    def save(self, data: DataFrame) -> None:
        """Compute the rows."""
        if Engine(self._engine) in _ON_THIS_MACHINE:
            self._frame = keep_in_parquet(data, self._partition_by).frame
        else:
            rows = materialize_small(data) if self._small else data
            self._frame = lambda: rows

    def load(self) -> DataFrame:
        """The rows.

        Raises:
            DatasetError: No step has saved them in this run.
        """
        if self._frame is None:
            raise DatasetError("No step has made these rows in this run.")
        return self._frame()

    def _exists(self) -> bool:
        return self._frame is not None

    def _describe(self) -> dict[str, Any]:
        return {"engine": self._engine, "small": self._small, "partition_by": self._partition_by}
