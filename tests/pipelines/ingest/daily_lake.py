"""A lake in a folder, and runs of one daily table's ingest pipeline into it, with real datasets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import AbstractDataset, DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.casting import conform
from ees_analytics.contracts.digest import digest
from ees_analytics.contracts.validator import ContractValidator
from ees_analytics.lake.table import Mode, TableDataset
from ees_analytics.parameters.ingest import DailyCalendar, IngestRange, KnownDays, LoadLimits
from ees_analytics.runner import IndependentRunner
from ees_analytics.slices.landing_dataset import LandingDataset
from ees_analytics.slices.ledger import LedgerEntry
from ees_analytics.slices.ledger_dataset import LedgerDataset
from ees_analytics.slices.state_dataset import TableStateDataset


class Checked(TableDataset):
    """The table dataset behind its contract's validator, as the catalogue puts it."""

    def save(self, data: Any) -> None:
        super().save(ContractValidator(self._table).validate(data))


class DailyLake:
    """The lake and landing zone of one daily table."""

    def __init__(
        self, root: Path, table: str, pipeline: Pipeline, engine: str = "sail", in_flight: int = 3
    ) -> None:
        self.table, self.pipeline = table, pipeline.only_nodes_with_namespaces([f"ingest.{table}"])
        self.landing = root / "landing" / table
        self.place = {"engine": engine, "lake_root": str(root / "lake")}
        self.path = root / "lake" / "analytics_raw" / table
        self.in_flight = in_flight
        self.runs = 0

    def run(  # noqa: PLR0913
        self,
        source: AbstractDataset | Mapping[str, Any],
        run_date: str,
        parameters: Mapping[str, Any],
        calendar: str,
        limits: LoadLimits | None = None,
        known_days: KnownDays | None = None,
        **asked: Any,
    ) -> None:
        """One run, as ``kedro run --pipelines ingest`` would do it for this table."""
        self.runs += 1
        datasets: dict[str, Any] = {
            f"source.{self.table}": source
            if isinstance(source, AbstractDataset)
            else MemoryDataset(source, copy_mode="assign"),
            f"state.{self.table}": TableStateDataset(table=self.table, **self.place),
            f"landed.{self.table}": LandingDataset(table=self.table, path=str(self.landing)),
            f"landing.{self.table}": LandingDataset(
                table=self.table, path=str(self.landing), in_flight=self.in_flight
            ),
            f"raw.{self.table}": Checked(table=f"raw.{self.table}", mode=Mode.REPLACE_SLICE, **self.place),
            f"ledger.{self.table}": LedgerDataset(table=self.table, **self.place),
            "run_id": MemoryDataset(f"run-{self.runs}"),
            "params:ingest_range": MemoryDataset(IngestRange(run_date=run_date, **asked)),
            "params:known_days": MemoryDataset(known_days or KnownDays()),
            "params:load_limits": MemoryDataset(limits or LoadLimits()),
            **{f"params:{name}": MemoryDataset(value) for name, value in parameters.items()},
        }
        for name in self.pipeline.datasets() - datasets.keys():
            datasets[name] = MemoryDataset(copy_mode="assign")
        assert isinstance(parameters[calendar], DailyCalendar)
        IndependentRunner(max_workers=1).run(self.pipeline, DataCatalog(datasets), _create_hook_manager())

    def rows(self) -> pa.Table:
        return conform(DeltaTable(self.path).to_pyarrow_table(), contract_for(f"raw.{self.table}"))

    def digest(self) -> str:
        return digest(self.rows())

    def days(self) -> dict[str, int]:
        return dict(sorted(TableStateDataset(table=self.table, **self.place).load().slices.items()))

    def version(self) -> int:
        return DeltaTable(self.path).version()

    def ledger(self) -> list[LedgerEntry]:
        return LedgerDataset(table=self.table, **self.place).load()

    def states(self) -> dict[str, str]:
        """Slice to its newest state."""
        return {entry.slice: str(entry.state) for entry in self.ledger()}

    def files(self) -> list[str]:
        return sorted(path.relative_to(self.landing).as_posix() for path in self.landing.rglob("*.parquet"))
