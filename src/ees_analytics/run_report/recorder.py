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
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import BufferingHandler
from operator import itemgetter
from typing import Any, cast

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.dates import as_date
from ees_analytics.run_report.facts import Outcome, RunFacts, TableFacts, TableStatus
from ees_analytics.run_report.ingest_facts import add_ingest_facts, log_gaps
from ees_analytics.run_report.quality import add_quality_facts
from ees_analytics.run_report.side_tasks import SideTasks
from ees_analytics.runner import RunFailed, RunStopped, reason_of

_project_logger = logging.getLogger("ees_analytics")

_SLOWEST = 15
_MAX_WARNINGS = 200

_KEPT_ON_LOAD = ("params:", "state.", "landing.")
_KEPT_ON_SAVE = (".plan", ".outcome", ".audit")


class RunRecorder:
    """Kedro hooks that collect the facts of a run. They are called from several threads."""

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Start recording."""
        self._params, self._pipeline, self._catalog = run_params, pipeline, catalog
        self._started_at = dt.datetime.now(dt.UTC)
        self._lock = threading.Lock()
        self._node_started: dict[str, float] = {}
        self._seconds: dict[str, float] = {}
        self._seen: dict[str, Any] = {}
        self._side_tasks = SideTasks()
        self._tables = {
            name: TableFacts(name, contract.description, checks=_check_count(contract))
            for name, contract in sorted(all_contracts().items())
            if name in pipeline.all_outputs()
        }
        self._warnings = BufferingHandler(sys.maxsize)
        self._warnings.setLevel(logging.WARNING)
        _project_logger.addHandler(self._warnings)

    @hook_impl
    def before_dataset_loaded(self, node: Node) -> None:
        """Note the time: the first and the last such moment of a node give its duration."""
        now = time.monotonic()
        with self._lock:
            self._seconds[node.name] = now - self._node_started.setdefault(node.name, now)

    @hook_impl
    def after_dataset_loaded(self, dataset_name: str, data: Any) -> None:
        """Keep the newest value of a dataset that the report needs. Of a raw table only the name is kept."""
        with self._lock:
            if dataset_name.startswith("raw."):
                self._seen[dataset_name] = None
            elif dataset_name.startswith(_KEPT_ON_LOAD):
                self._seen[dataset_name] = data

    @hook_impl
    def after_node_run(self, node: Node) -> None:
        """Note the time, as ``before_dataset_loaded`` does."""
        self.before_dataset_loaded(node)

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any, node: Node) -> None:
        """Record one save, and note the time."""
        self.before_dataset_loaded(node)
        with self._lock, guard(f"part on {dataset_name}"):
            self._side_tasks.saved(dataset_name, data)
            if dataset_name in self._tables:
                self._add_save(self._tables[dataset_name])
            elif dataset_name.startswith("ledger.") or dataset_name.endswith(_KEPT_ON_SAVE):
                self._seen[dataset_name] = data

    def finish(self, error: Exception | None) -> RunFacts:
        """All facts, once the run has ended with this error or without one."""
        _project_logger.removeHandler(self._warnings)
        outcome = Outcome.FAILED if error else Outcome.SUCCEEDED
        failures, skipped = {"run": error} if error else {}, list[str]()
        if isinstance(error, RunFailed):
            outcome = Outcome.STOPPED if isinstance(error, RunStopped) else Outcome.FAILED
            failures, skipped = error.failures, sorted(error.skipped)
        messages = dict.fromkeys(record.getMessage() for record in self._warnings.buffer)
        run = RunFacts(
            run_id=str(self._params["run_id"]),
            env=str(self._params.get("env") or "base"),
            pipelines=list(self._params.get("pipeline_names") or ["__default__"]),
            run_date=self._run_date(),
            started_at=self._started_at,
            finished_at=dt.datetime.now(dt.UTC),
            outcome=outcome,
            failures={step: reason_of(cause) for step, cause in sorted(failures.items())},
            skipped=skipped,
            tables=list(self._tables.values()),
            log_gaps=log_gaps(self._seen[name] for name in sorted(self._seen) if name.endswith(".audit")),
            warnings=list(messages)[:_MAX_WARNINGS],
            timings=sorted(self._seconds.items(), key=itemgetter(1), reverse=True)[:_SLOWEST],
            side_tasks=self._side_tasks.summary(),
        )
        for table in run.tables:
            self._complete(table, run)
        add_quality_facts(run, self._catalog, self._seen)
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
        stopped = run.outcome is Outcome.STOPPED
        if stopped and not table.saved:
            self._add_save(table)  # a step may be stopped after its commit and before its hook
        own = f"ingest.{table.short_name}." if table.is_raw else None
        steps = {
            step.name
            for step in self._pipeline.nodes
            if table.name in step.outputs or (own and step.name.startswith(own))
        }
        table.seconds = sum(self._seconds.get(step, 0.0) for step in steps)
        if failed := steps & run.failures.keys():
            table.status = TableStatus.FAILED
            table.reason = "; ".join(run.failures[step] for step in sorted(failed))
        elif table.status is TableStatus.SAME and steps & set(run.skipped):
            table.status = TableStatus.NOT_RUN
            table.reason = "the run was stopped" if stopped else "a step that it depends on failed"
        elif table.status is TableStatus.SAME and not steps & self._seconds.keys():
            table.status, table.reason = TableStatus.NOT_RUN, "the run ended first"
        if table.is_raw:
            add_ingest_facts(table, self._seen)

    def _run_date(self) -> dt.date | None:
        try:
            return as_date(self._catalog.load("params:run_date"))
        except Exception:  # a run that failed because of its parameters has none
            return None


def _check_count(contract: TableContract) -> int:
    """Checks of each write: columns, nulls, key, minimums, and the table's own."""
    minimums = any(column.minimum is not None for column in contract.columns)
    return 2 + bool(contract.key) + minimums + len(contract.checks)


@contextmanager
def guard(part: str) -> Iterator[None]:
    """Log an exception as a warning: the report must neither break a run nor hide how it ended."""
    try:
        yield
    except Exception as error:
        _project_logger.warning(
            "The %s of the run report could not be written (%s). The run itself is not affected; "
            "check reports_root and lake_root.", part, reason_of(error).rstrip("."),
        )  # fmt: skip
