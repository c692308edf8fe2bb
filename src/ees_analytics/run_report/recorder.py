"""Records what a run did, without reading anything the run did not read.

Three small exceptions, read once at the end: ``ees_unclassified``, the days of the two service summaries, and whether
the frozen tables exist.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
import threading
import time
from collections.abc import Mapping
from logging.handlers import BufferingHandler
from operator import itemgetter
from typing import Any, cast

from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from ees_analytics.console.text import date_ranges
from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.dates import as_date
from ees_analytics.run_report.facts import Outcome, RunFacts, TableFacts, TableStatus
from ees_analytics.run_report.ingest_facts import add_ingest_facts, log_gaps
from ees_analytics.run_report.quality import both_eras, storage_of, unclassified
from ees_analytics.run_report.side_tasks import SideTasks
from ees_analytics.runner import RunFailed, RunStopped, reason_of

_SLOWEST = 15
_MAX_WARNINGS = 200

_SKIPPED = {
    Outcome.FAILED: "a step that it depends on failed",
    Outcome.STOPPED: "the run was stopped",
}
_KEPT_ON_LOAD = ("params:", "state.", "landing.")
_KEPT_ON_SAVE = (".plan", ".outcome", ".audit")


class RunRecorder:
    """Collects the facts of one run. Its methods are called from several threads."""

    def __init__(self, run_params: Mapping[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        self._params, self._pipeline, self._catalog = run_params, pipeline, catalog
        self._started_at = dt.datetime.now(dt.UTC)
        self._lock = threading.Lock()
        self._times: dict[str, tuple[float, float]] = {}
        self._seen: dict[str, Any] = {}
        self._side_tasks = SideTasks()
        self._tables = {
            name: TableFacts(name, contract.description, checks=_check_count(contract))
            for name, contract in sorted(all_contracts().items())
            if name in pipeline.all_outputs()
        }
        self.warnings = BufferingHandler(sys.maxsize)
        self.warnings.setLevel(logging.WARNING)

    def node_active(self, node: Node) -> None:
        """Note the time: the first and the last such moment of a node give its duration."""
        now = time.monotonic()
        with self._lock:
            first, _ = self._times.get(node.name, (now, now))
            self._times[node.name] = first, now

    def loaded(self, name: str, data: Any) -> None:
        """Keep the newest value of a dataset that the report needs. Of a raw table only the name is kept."""
        with self._lock:
            if name.startswith("raw."):
                self._seen[name] = None
            elif name.startswith(_KEPT_ON_LOAD):
                self._seen[name] = data

    def saved(self, name: str, data: Any) -> None:
        """Record one save."""
        with self._lock:
            self._side_tasks.saved(name, data)
            if name in self._tables:
                self._add_save(self._tables[name])
            elif name.startswith("ledger.") or name.endswith(_KEPT_ON_SAVE):
                self._seen[name] = data

    def finish(self, error: Exception | None) -> RunFacts:
        """All facts, once the run has ended with this error or without one."""
        run = RunFacts(
            run_id=str(self._params["run_id"]),
            env=str(self._params.get("env") or "base"),
            pipelines=list(self._params.get("pipeline_names") or ["__default__"]),
            run_date=self._run_date(),
            started_at=self._started_at,
            finished_at=dt.datetime.now(dt.UTC),
            tables=list(self._tables.values()),
            both_eras=date_ranges(both_eras(self._catalog, self._seen)),
            absent=self._absent_frozen_tables(),
            log_gaps=log_gaps(data for name, data in self._seen.items() if name.endswith(".audit")),
            warnings=self._warnings(),
            timings=list(self._durations().items())[:_SLOWEST],
            side_tasks=self._side_tasks.summary(),
            **_ending(error),
        )
        for table in run.tables:
            self._complete(table, run)
        written = self._tables.get("app.ees_unclassified")
        if written and written.status in (TableStatus.CHANGED, TableStatus.SAME):
            run.unclassified, run.unclassified_more = unclassified(self._catalog, self._seen)
        return run

    def _add_save(self, table: TableFacts) -> None:
        dataset = cast(TableDataset, self._catalog[table.name])
        save = dataset.last_save
        if save is None:
            return
        table.saved = True
        if save.changed:
            table.status = TableStatus.CHANGED
            table.rows_added += save.rows
        if dataset.is_replaced_whole:
            table.rows_total = save.rows
        table.newest = max(filter(None, (table.newest, save.newest)), default=None)

    def _complete(self, table: TableFacts, run: RunFacts) -> None:
        if run.outcome is Outcome.STOPPED and not table.saved:
            self._add_save(table)  # a step may be stopped after its commit and before its hook
        steps = self._steps_of(table)
        durations = self._durations()
        table.seconds = sum(durations.get(step, 0.0) for step in steps)
        if reasons := [run.failures[step] for step in steps if step in run.failures]:
            table.status, table.reason = TableStatus.FAILED, "; ".join(reasons)
        elif table.status is TableStatus.SAME and set(steps) & set(run.skipped):
            table.status, table.reason = TableStatus.NOT_RUN, _SKIPPED[run.outcome]
        elif table.status is TableStatus.SAME and not set(steps) & set(durations):
            table.status, table.reason = TableStatus.NOT_RUN, "the run ended first"
        if table.is_raw:
            add_ingest_facts(table, self._seen)

    def _steps_of(self, table: TableFacts) -> list[str]:
        """The nodes that write a table; of a raw table all nodes of its namespace."""
        own = f"ingest.{table.short_name}."
        return [
            step.name
            for step in self._pipeline.nodes
            if table.name in step.outputs or (table.is_raw and step.name.startswith(own))
        ]

    def _durations(self) -> dict[str, float]:
        """Seconds of each step that started, the slowest first."""
        steps = ((step, last - first) for step, (first, last) in self._times.items())
        return dict(sorted(steps, key=itemgetter(1), reverse=True))

    def _warnings(self) -> list[str]:
        """The messages of the warnings and errors so far, each once."""
        messages = dict.fromkeys(record.getMessage() for record in self.warnings.buffer)
        return list(messages)[:_MAX_WARNINGS]

    def _run_date(self) -> dt.date | None:
        try:
            return as_date(self._catalog.load("params:run_date"))
        except Exception:  # a run that failed because of its parameters has none
            return None

    def _absent_frozen_tables(self) -> list[str]:
        frozen = {name for name, contract in all_contracts().items() if contract.frozen}
        return [
            name for name in sorted(frozen & set(self._seen)) if not storage_of(self._catalog, name).exists()
        ]


def _check_count(contract: TableContract) -> int:
    """Checks of each write: columns, nulls, key, minimums, and the table's own."""
    minimums = any(column.minimum is not None for column in contract.columns)
    return 2 + bool(contract.key) + minimums + len(contract.checks)


def _ending(error: Exception | None) -> dict[str, Any]:
    """The fields of ``RunFacts`` that depend on how the run ended."""
    if error is None:
        return {"outcome": Outcome.SUCCEEDED}
    if not isinstance(error, RunFailed):
        return {"outcome": Outcome.FAILED, "failures": {"run": reason_of(error)}}
    return {
        "outcome": Outcome.STOPPED if isinstance(error, RunStopped) else Outcome.FAILED,
        "failures": {name: reason_of(cause) for name, cause in sorted(error.failures.items())},
        "skipped": sorted(error.skipped),
    }
