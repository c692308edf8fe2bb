"""Writes the report of a run, whether it succeeded or failed."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

import pyarrow as pa
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog

from ees_analytics.contracts import contract_for
from ees_analytics.run_report.facts import RunFacts
from ees_analytics.run_report.page import page
from ees_analytics.run_report.recorder import RunRecorder, guard
from ees_analytics.run_report.terminal import render

RUNS = "raw.ees_pipeline_runs"


class RunReportHooks(RunRecorder):
    """Record a run; then write its page, its row in ``ees_pipeline_runs`` and a few lines on the terminal."""

    @hook_impl
    def after_pipeline_run(self, catalog: DataCatalog) -> None:
        """Report a run that succeeded."""
        self._report(catalog, None)

    @hook_impl
    def on_pipeline_error(self, error: Exception, catalog: DataCatalog) -> None:
        """Report a run that failed."""
        self._report(catalog, error)

    def _report(self, catalog: DataCatalog, error: Exception | None) -> None:
        location = None
        with guard("facts"):
            facts = self.finish(error)
            with guard("page"):
                dataset: Any = catalog[f"report.{facts.run_id}"]
                dataset.save(page(facts))
                location = str(dataset._describe()["filepath"])
            with guard("row"):
                catalog.save(RUNS, run_row(facts, location))
            with guard("summary"), suppress(SystemExit):  # rich raises it on a closed pipe
                render(facts, location, sys.stdout)


def run_row(facts: RunFacts, location: str | None) -> pa.Table:
    """The run as one row of ``ees_pipeline_runs``."""
    stored = facts.as_dict()
    row = stored | {
        "pipelines": ",".join(facts.pipelines),
        "tables_changed": len(facts.changed),
        "rows_added": facts.rows_added,
        "failures": "\n".join(f"{step}: {reason}" for step, reason in facts.failures.items()) or None,
        "report": location,
        "summary": json.dumps(stored, default=str, ensure_ascii=False),
    }
    return pa.Table.from_pylist([row], schema=contract_for(RUNS).empty().schema)
