"""Watching a run: what its nodes load and save becomes facts. Nothing is read that the run did not read, but little."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from ees_analytics.console.text import date_ranges
from ees_analytics.contracts import all_contracts
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.dates import as_date
from ees_analytics.run_report.days import gaps
from ees_analytics.run_report.facts import Outcome, RunFacts, TableFacts, TableStatus
from ees_analytics.run_report.other_work import SideTasks
from ees_analytics.run_report.quality import both_eras, unclassified
from ees_analytics.runner import RunFailed, RunStopped, reason_of
from ees_analytics.slices.landing_zone import LandingZone
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.slice import Flags
from ees_analytics.slices.state import TableState
from ees_analytics.sources.log_files.audit import LogAudit

_SLOWEST = 15
_MAX_WARNINGS = 200


class RunRecorder:
    """Collects the facts of one run. Its methods are called from several threads."""

    def __init__(self, run_params: Mapping[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        self._params, self._pipeline, self._catalog = run_params, pipeline, catalog
        self._started_at = dt.datetime.now(dt.UTC)
        self._lock = threading.Lock()
        self._began: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self._loaded: dict[str, Any] = {}
        self._tables = {
            name: TableFacts(name, contract.description, checks=2 + bool(contract.key) + len(contract.checks))
            for name, contract in sorted(all_contracts().items())
            if name in pipeline.all_outputs()
        }
        self._outcomes: dict[str, Mapping[str, Any]] = {}
        self._audits: dict[str, LogAudit] = {}
        self._plans: dict[str, IngestPlan] = {}
        self._other_work = SideTasks()
        self.warnings = WarningsKept()

    def touched(self, node: Node) -> None:
        """A node did something now: its first and last such moment are its timing."""
        now = time.monotonic()
        with self._lock:
            self._began.setdefault(node.name, now)
            self._ended[node.name] = now

    def loaded(self, name: str, data: Any) -> None:
        """Remember what tells of tables: their states, landing zones and rules; the last one counts."""
        if isinstance(data, TableState | LandingZone) or name.startswith(("params:", "raw.")):
            with self._lock:
                self._loaded[name] = None if name.startswith("raw.") else data

    def saved(self, name: str, data: Any) -> None:
        """Note what a save did."""
        self._other_work.saved(name, data)
        with self._lock:
            if isinstance(data, LogAudit):
                self._audits[data.table] = data
            elif isinstance(data, IngestPlan):
                self._plans[data.table] = data
            elif name.endswith(".outcome") and isinstance(data, Mapping):
                self._outcomes[f"raw.{data['table']}"] = data
            elif name.startswith("ledger."):
                self._note_entries(f"raw.{name.partition('.')[2]}", data)
            elif name in self._tables:
                self._note_save(name)

    def finish(self, error: Exception | None) -> RunFacts:
        """All facts, once the run is over."""
        failures, skipped = _failures(error)
        unreached = (
            "the run was stopped" if isinstance(error, RunStopped) else "something that it needs failed"
        )
        for table in self._tables.values():
            if isinstance(error, RunStopped) and not table.saved:
                self._note_save(table.name)  # a step may be stopped right after its commit
            self._complete(table, failures, skipped, unreached)
        wrote_unclassified = self._wrote("app.ees_unclassified")
        listed, more = unclassified(self._catalog, self._loaded) if wrote_unclassified else ([], 0)
        return RunFacts(
            run_id=str(self._params["run_id"]),
            env=str(self._params.get("env") or "base"),
            pipelines=list(self._params.get("pipeline_names") or ["__default__"]),
            run_date=self._run_date(),
            started_at=self._started_at,
            finished_at=dt.datetime.now(dt.UTC),
            outcome=_outcome(error),
            failures=failures,
            skipped=skipped,
            tables=list(self._tables.values()),
            unclassified=listed,
            unclassified_more=more,
            both_eras=date_ranges(both_eras(self._catalog, self._loaded)),
            absent=self._absent(),
            log_gaps=_log_gaps(self._audits.values()),
            warnings=self.warnings.messages,
            timings=self._timings(),
            other_work=self._other_work.in_words(),
        )

    def _note_save(self, name: str) -> None:
        dataset = cast(TableDataset, self._catalog[name])
        save = dataset.last_save
        table = self._tables[name]
        if save is None:
            return
        table.saved = True
        if save.changed:
            table.fate = TableStatus.CHANGED
            table.rows_added += save.rows
        if dataset.is_replaced_whole:
            table.rows_total = save.rows
        table.newest = max(filter(None, (table.newest, save.newest)), default=None)

    def _note_entries(self, name: str, entries: Sequence[LedgerEntry]) -> None:
        table = self._tables.get(name)
        if table is None:
            return
        for entry in entries:
            {
                SliceState.COMMITTED: table.added,
                SliceState.RESTATED: table.restated,
                SliceState.EMPTY: table.empty,
            }.get(entry.state, []).append(entry.slice)
            for flag in vars(Flags()):
                if getattr(entry, flag):
                    table.flags.setdefault(flag, []).append(entry.slice)

    def _complete(
        self, table: TableFacts, failures: Mapping[str, str], skipped: Sequence[str], unreached: str
    ) -> None:
        steps = self._steps_of(table.name)
        table.seconds = sum(self._ended[step] - self._began[step] for step in steps if step in self._began)
        broken = [step for step in steps if step in failures]
        if broken:
            table.fate, table.reason = TableStatus.FAILED, "; ".join(failures[step] for step in broken)
        elif table.fate is TableStatus.SAME and any(step in skipped for step in steps):
            table.fate, table.reason = TableStatus.NOT_RUN, unreached
        elif table.fate is TableStatus.SAME and not any(step in self._ended for step in steps):
            table.fate, table.reason = TableStatus.NOT_RUN, "the run ended before"
        self._add_state(table)
        self._add_outcome(table)

    def _steps_of(self, table: str) -> list[str]:
        """The nodes that write a table, and those of its own namespace."""
        own = f"ingest.{table.partition('.')[2]}."
        return [
            step.name
            for step in self._pipeline.nodes
            if table in step.outputs or (table.startswith("raw.") and step.name.startswith(own))
        ]

    def _add_state(self, table: TableFacts) -> None:
        landing = self._loaded.get(f"landing.{table.short_name}")
        plan = self._plans.get(table.short_name)
        if isinstance(landing, LandingZone):
            for name, item in sorted(landing.quarantined.items()):
                if plan is None or name in plan.fetch:
                    table.quarantined[name] = landing.reason(item)
                else:
                    table.quarantined_before.append(name)
        state = self._loaded.get(f"state.{table.short_name}")
        if isinstance(state, TableState):
            if plan is not None and table.name in self._outcomes:
                told = {*table.added, *table.restated, *table.empty, *table.quarantined}
                table.read_again = [day for day in plan.fetch if day not in told and _is_known(day, state)]
            if state.slices:
                table.rows_total = sum(state.slices.values())
                table.missing = gaps(
                    state.slices, state.ledger, [*table.quarantined, *table.quarantined_before]
                )

    def _add_outcome(self, table: TableFacts) -> None:
        told = self._outcomes.get(table.name, {})
        if newest := told.get("newest"):
            table.newest = as_date(newest)
        table.young = date_ranges(told.get("missing", ()))
        table.expiring = date_ranges(told.get("expiring", ()))
        table.expired = date_ranges(told.get("expired", ()))
        table.quarantined |= dict(told.get("quarantined", {}))

    def _wrote(self, name: str) -> bool:
        return name in self._tables and self._tables[name].fate in (TableStatus.CHANGED, TableStatus.SAME)

    def _run_date(self) -> dt.date | None:
        try:
            return as_date(self._catalog.load("params:run_date"))
        except Exception:  # a run that failed over its parameters has none
            return None

    def _absent(self) -> list[str]:
        frozen = {name for name, contract in all_contracts().items() if contract.frozen}
        read = sorted(frozen & set(self._loaded))
        return [name for name in read if not cast(TableDataset, self._catalog[name]).storage.exists()]

    def _timings(self) -> list[tuple[str, float]]:
        took = {name: self._ended[name] - began for name, began in self._began.items()}
        return sorted(took.items(), key=lambda item: -item[1])[:_SLOWEST]


class WarningsKept(logging.Handler):
    """Keeps what is said as a warning or error while a run goes on, each sentence once."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        message = record.getMessage()
        if message not in self.messages and len(self.messages) < _MAX_WARNINGS:
            self.messages.append(message)


def _is_known(slice_: str, state: TableState) -> bool:
    """True where the table holds the slice, or knows it to be empty."""
    entry = state.ledger.get(slice_)
    return slice_ in state.slices or (entry is not None and entry.state is SliceState.EMPTY)


def _outcome(error: Exception | None) -> Outcome:
    if error is None:
        return Outcome.SUCCEEDED
    return Outcome.STOPPED if isinstance(error, RunStopped) else Outcome.FAILED


def _failures(error: Exception | None) -> tuple[dict[str, str], list[str]]:
    if error is None:
        return {}, []
    if isinstance(error, RunFailed):
        return {name: reason_of(cause) for name, cause in sorted(error.failures.items())}, sorted(
            error.skipped
        )
    return {"run": reason_of(error)}, []


def _log_gaps(audits: Iterable[LogAudit]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for audit in audits:
        for gap in audit.gaps:
            kind = "weekend" if gap.weekend else "weekdays"
            lost = "a file lies there unread" if gap.recoverable else "no file was delivered"
            days = f"{gap.first}" if gap.first == gap.last else f"{gap.first} to {gap.last}"
            found[audit.table].append(f"{days} ({kind}): {gap.outage or lost}")
    return dict(sorted(found.items()))
