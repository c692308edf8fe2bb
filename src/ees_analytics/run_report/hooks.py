"""Kedro hooks that record a run and write its report, whether it succeeded or failed."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import pyarrow as pa
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from ees_analytics.contracts import contract_for
from ees_analytics.run_report.facts import RunFacts
from ees_analytics.run_report.page import page
from ees_analytics.run_report.recorder import RunRecorder
from ees_analytics.run_report.terminal import render
from ees_analytics.runner import reason_of

logger = logging.getLogger(__name__)
_project_logger = logging.getLogger("ees_analytics")

T = TypeVar("T")

RUNS = "raw.ees_pipeline_runs"


class RunReportHooks:
    """Record a run; then write its page, its row in ``ees_pipeline_runs`` and a few lines on the terminal."""

    def __init__(self) -> None:
        self._recorder: RunRecorder | None = None

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Start recording."""
        self._recorder = RunRecorder(run_params, pipeline, catalog)
        _project_logger.addHandler(self._recorder.warnings)

    @hook_impl
    def before_dataset_loaded(self, node: Node) -> None:
        """Note when a node starts."""
        self._record(lambda run: run.node_active(node))

    @hook_impl
    def after_dataset_loaded(self, dataset_name: str, data: Any) -> None:
        """Record what a node loaded."""
        self._record(lambda run: run.loaded(dataset_name, data))

    @hook_impl
    def after_node_run(self, node: Node) -> None:
        """Note when a node's function returned."""
        self._record(lambda run: run.node_active(node))

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any, node: Node) -> None:
        """Record what a node saved."""
        self._record(lambda run: run.node_active(node))
        self._record(lambda run: run.saved(dataset_name, data))

    @hook_impl
    def after_pipeline_run(self, catalog: DataCatalog) -> None:
        """Report a run that succeeded."""
        self._report(catalog, None)

    @hook_impl
    def on_pipeline_error(self, error: Exception, catalog: DataCatalog) -> None:
        """Report a run that failed."""
        self._report(catalog, error)

    def _record(self, step: Callable[[RunRecorder], None]) -> None:
        if self._recorder is None:
            return
        try:
            step(self._recorder)
        except Exception:  # the report must never break a run
            logger.debug("The run report missed something.", exc_info=True)

    def _report(self, catalog: DataCatalog, error: Exception | None) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        _project_logger.removeHandler(recorder.warnings)
        if facts := _guarded("facts", lambda: recorder.finish(error)):
            location = _guarded("page", lambda: _write_page(catalog, facts))
            _guarded("row", lambda: catalog.save(RUNS, run_row(facts, location)))
            _guarded("summary", lambda: _print_lines(facts, location))


def run_row(facts: RunFacts, location: str | None) -> pa.Table:
    """The run as one row of ``ees_pipeline_runs``."""
    failures = "\n".join(f"{step}: {reason}" for step, reason in facts.failures.items())
    row = {
        "run_id": facts.run_id,
        "started_at": facts.started_at,
        "finished_at": facts.finished_at,
        "env": facts.env,
        "pipelines": ",".join(facts.pipelines),
        "run_date": facts.run_date,
        "outcome": str(facts.outcome),
        "tables_changed": len(facts.changed),
        "rows_added": facts.rows_added,
        "failures": failures or None,
        "report": location,
        "summary": json.dumps(facts.as_dict(), default=str, ensure_ascii=False),
    }
    return pa.Table.from_pylist([row], schema=contract_for(RUNS).arrow_schema.remove_metadata())


def _print_lines(facts: RunFacts, location: str | None) -> None:
    with contextlib.suppress(SystemExit):  # rich raises it on a closed pipe
        render(facts, location, sys.stdout)


def _write_page(catalog: DataCatalog, facts: RunFacts) -> str:
    dataset: Any = catalog[f"report.{facts.run_id}"]
    dataset.save(page(facts))
    return str(dataset._describe()["filepath"])


def _guarded(part: str, make: Callable[[], T]) -> T | None:
    """What ``make`` returns; None, with a warning, where it fails: the report must not hide how the run ended."""
    try:
        return make()
    except Exception as error:
        logger.warning(
            "The %s of the run report could not be written (%s). The run itself is not affected; "
            "check reports_root and lake_root.", part, reason_of(error).rstrip("."),
        )  # fmt: skip
        return None
