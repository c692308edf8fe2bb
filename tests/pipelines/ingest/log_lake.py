"""A folder of log files, a lake, and runs of one log table's ingest pipeline between them, with real datasets."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from deltalake import DeltaTable
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog, MemoryDataset

from ees_analytics.lake.table import Mode
from ees_analytics.parameters.ingest import IngestRange, LoadLimits
from ees_analytics.parameters.logs import LogSettings
from ees_analytics.pipelines.ingest.pipeline import create_logs_pipeline
from ees_analytics.runner import IndependentRunner
from ees_analytics.slices.landing_dataset import LandingDataset
from ees_analytics.slices.ledger_dataset import LedgerDataset
from ees_analytics.slices.state_dataset import TableStateDataset
from ees_analytics.sources.log_files.audit import LogAudit
from ees_analytics.sources.log_files.dataset import LogFilesDataset
from tests.conftest import PROJECT
from tests.pipelines.ingest.daily_lake import Checked, DailyLake

TABLES = yaml.safe_load((PROJECT / "conf/base/globals_logs.yml").read_text())["log_tables"]
TABLE = "raw_ees_publications"
KIND = "public-api-publications-calls"
ID = UUID("5e18fca4-49a9-4780-86af-56ab34a6ce00")


def calls(count: int = 2, title: str = "Pupil absence", **columns: pa.Array | None) -> pa.Table:
    """Rows as the upstream job writes them; ``columns`` replaces some, None leaves one out."""
    values = {
        "publicationId": pa.array([ID.bytes] * count, pa.uuid()),
        "publicationTitle": pa.array([title] * count),
        "parameters": pa.array(['{"page": 1}'] * count, pa.json_()),
        "startTime": pa.array([dt.datetime(2026, 6, 1, 2, 3, 4, 567)] * count, pa.timestamp("us")),
        "type": pa.array(["GetSummary"] * count),
        **columns,
    }
    return pa.table({name: array for name, array in values.items() if array is not None})


class Kept(MemoryDataset):
    """A dataset that a test reads after the run, when the runner has released it."""

    def _release(self) -> None:
        """Keep the data."""


class LogLake(DailyLake):
    """The folder, lake and landing zone of one log table."""

    def __init__(self, root: Path, engine: str = "sail", table: str = TABLE) -> None:
        super().__init__(root, table, create_logs_pipeline(), engine)
        self.root = root / "public-api"
        self.root.mkdir()

    def drop(self, name: str, rows: pa.Table | None = None) -> Path:
        """Put a file into the folder; ``20260601`` means that day's file in the root."""
        path = self.root / (f"{name}-020304-{KIND}.parquet" if name.isdigit() else name)
        path.parent.mkdir(exist_ok=True)
        pq.write_table(calls() if rows is None else rows, path, store_schema=False)
        return path

    def ingest(self, run_date: str = "2026-06-10", limits: LoadLimits | None = None) -> LogAudit:
        """One run, as ``kedro run --pipelines ingest`` would do it for this table."""
        self.runs += 1
        datasets = {
            f"source.{self.table}": LogFilesDataset(table=self.table, tables=TABLES, path=str(self.root)),
            f"state.{self.table}": TableStateDataset(table=self.table, **self.place),
            f"landed.{self.table}": LandingDataset(table=self.table, path=str(self.landing)),
            f"landing.{self.table}": LandingDataset(table=self.table, path=str(self.landing)),
            f"raw.{self.table}": Checked(table=f"raw.{self.table}", mode=Mode.REPLACE_SLICE, **self.place),
            f"ledger.{self.table}": LedgerDataset(table=self.table, **self.place),
            "run_id": MemoryDataset(f"run-{self.runs}"),
            "params:ingest_range": MemoryDataset(IngestRange(run_date=run_date)),
            "params:load_limits": MemoryDataset(limits or LoadLimits()),
            "params:logs": MemoryDataset(LogSettings()),
        }
        audit = f"ingest.{self.table}.audit"
        for name in self.pipeline.datasets() - datasets.keys():
            datasets[name] = Kept(copy_mode="assign")
        IndependentRunner(max_workers=1).run(self.pipeline, DataCatalog(datasets), _create_hook_manager())
        return datasets[audit].load()

    def files_in(self) -> dict[str, int]:
        """Base name to rows, of the files that the table holds."""
        return self.days()

    def versions(self) -> tuple[int, int]:
        """The table's and the ledger's newest versions: they stay where nothing was written."""
        ledger = self.path.parent / "ees_ingest_ledger"
        return DeltaTable(self.path).version(), DeltaTable(ledger).version()
