"""Records a run and writes its report, without reading anything the run did not read.

Three small exceptions, read once at the end: the operational tables, the days of the daily tables that the run read (and
what the ledger knows of them), and whether the frozen tables exist.
"""

import datetime as dt
import logging
import sys
import threading
import time
from contextlib import suppress
from logging.handlers import BufferingHandler
from operator import itemgetter
from typing import Any, cast

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from ees_analytics.console.safe_text import printable_values
from ees_analytics.contracts import all_contracts
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.ingest import as_date
from ees_analytics.run_report.facts import RUNS, Outcome, RunFacts, TableFacts, TableStatus, run_row
from ees_analytics.run_report.guard import guard
from ees_analytics.run_report.pages import save_pages
from ees_analytics.run_report.places import kind_of, places
from ees_analytics.run_report.quality import add_quality_facts
from ees_analytics.run_report.side_tasks import SideTasks
from ees_analytics.run_report.table_facts import add_ingest_facts, check_count, log_gaps, set_status
from ees_analytics.run_report.terminal import render
from ees_analytics.runner import RunFailed, RunStopped, reason_of

_project_logger = logging.getLogger("ees_analytics")
_SLOWEST = 15
_MAX_WARNINGS = 200

_KEPT_ON_LOAD = ("params:", "state.", "landing.")
_KEPT_ON_SAVE = (".plan", ".outcome", ".audit", ".silent", ".anomalies")


class RunReportHooks:
    """Record a run; then write its page, its row in ``ees_pipeline_runs`` and a few lines on the terminal.

    Kedro calls the hooks from several threads.
    """

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
        self._written: dict[str, str] = {}
        self._tables = {
            name: TableFacts(name, contract.description, checks=check_count(contract))
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
            if kind := kind_of(dataset_name):
                self._written.setdefault(kind, dataset_name)
            if dataset_name in self._tables:
                self._add_save(self._tables[dataset_name])
            elif dataset_name.startswith("ledger.") or dataset_name.endswith(_KEPT_ON_SAVE):
                self._seen[dataset_name] = data

    @hook_impl
    def after_pipeline_run(self) -> None:
        """Report a run that succeeded."""
        self._report(None)

    @hook_impl
    def on_pipeline_error(self, error: Exception) -> None:
        """Report a run that failed."""
        self._report(error)

    def _report(self, error: Exception | None) -> None:
        location = None
        with guard("facts"):
            with self._lock:  # after Ctrl+C, steps may still be at work
                facts = printable_values(self._facts(error))
            with guard("page"):
                location = save_pages(self._catalog, facts)
            with guard("row"):
                self._catalog.save(RUNS, run_row(facts, location))
            with guard("summary"), suppress(SystemExit):  # rich raises it on a closed pipe
                render(facts, location, sys.stdout)

    def _facts(self, error: Exception | None) -> RunFacts:
        _project_logger.removeHandler(self._warnings)
        failed = Outcome.STOPPED if isinstance(error, RunStopped) else Outcome.FAILED
        ended = error if isinstance(error, RunFailed) else RunFailed({"run": error} if error else {}, [])
        messages = dict.fromkeys(record.getMessage() for record in self._warnings.buffer)
        run = RunFacts(
            run_id=str(self._params["run_id"]),
            env=str(self._params.get("env") or "base"),
            pipelines=list(self._params.get("pipeline_names") or ["__default__"]),
            run_date=as_date(run_date) if (run_date := self._parameter("run_date")) else None,
            started_by=self._parameter("known_days.accepted_by"),
            parameters=dict(self._params.get("runtime_params") or {}),
            started_at=self._started_at,
            finished_at=dt.datetime.now(dt.UTC),
            outcome=failed if error else Outcome.SUCCEEDED,
            failures={step: reason_of(cause) for step, cause in sorted(ended.failures.items())},
            skipped=sorted(ended.skipped),
            tables=list(self._tables.values()),
            log_gaps=log_gaps(self._seen[name] for name in sorted(self._seen) if name.endswith(".audit")),
            warnings=list(messages)[:_MAX_WARNINGS],
            timings=sorted(self._seconds.items(), key=itemgetter(1), reverse=True)[:_SLOWEST],
            side_tasks=self._side_tasks.summary(),
        )
        for table in run.tables:
            if run.outcome is Outcome.STOPPED and not table.saved:
                self._add_save(table)  # a step may be stopped after its commit and before its hook
            set_status(table, run, self._steps_of(table))
            if table.is_raw:
                add_ingest_facts(table, self._seen)
        with guard("part on where it wrote"):
            run.places = places(self._written, self._catalog)
        with guard("part on data quality"):
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
            table.changes = save.changes
        if dataset.is_replaced_whole:
            table.rows_total = save.rows
        table.newest = max(filter(None, (table.newest, save.newest)), default=None)

    def _steps_of(self, table: TableFacts) -> dict[str, float | None]:
        """Seconds of the nodes that write a table, of a raw table all of its namespace; None where it did not start."""
        own = f"ingest.{table.short_name}." if table.is_raw else None
        return {
            step.name: self._seconds.get(step.name)
            for step in self._pipeline.nodes
            if table.name in step.outputs or (own and step.name.startswith(own))
        }

    def _parameter(self, name: str) -> Any:
        try:
            return self._catalog.load(f"params:{name}")
        except Exception:  # a run that failed because of its parameters has none
            return None
