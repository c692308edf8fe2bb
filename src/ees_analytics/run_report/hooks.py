"""The hooks that watch a run and tell of it afterwards, whether it succeeded or failed."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

import pyarrow as pa
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from ees_analytics.contracts import contract_for
from ees_analytics.run_report.facts import RunFacts
from ees_analytics.run_report.gather import RunRecorder
from ees_analytics.run_report.html import page
from ees_analytics.run_report.text import tell
from ees_analytics.runner import reason_of

logger = logging.getLogger(__name__)

RUNS = "raw.ees_pipeline_runs"


class RunReportHooks:
    """Gathers a run's facts, then writes its page, its row and a few lines on the terminal."""

    def __init__(self) -> None:
        self._gatherer: RunRecorder | None = None

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Begin to watch."""
        self._gatherer = RunRecorder(run_params, pipeline, catalog)
        logging.getLogger("ees_analytics").addHandler(self._gatherer.warnings)

    @hook_impl
    def before_dataset_loaded(self, dataset_name: str, node: Node) -> None:
        """A node begins."""
        self._watch(lambda run: run.touched(node))

    @hook_impl
    def after_dataset_loaded(self, dataset_name: str, data: Any, node: Node) -> None:
        """A node sees a dataset."""
        self._watch(lambda run: run.loaded(dataset_name, data))

    @hook_impl
    def after_node_run(self, node: Node) -> None:
        """A node's function is through."""
        self._watch(lambda run: run.touched(node))

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any, node: Node) -> None:
        """A node wrote a dataset."""
        self._watch(lambda run: run.touched(node))
        self._watch(lambda run: run.saved(dataset_name, data))

    @hook_impl
    def after_pipeline_run(self, catalog: DataCatalog) -> None:
        """Tell of a run that succeeded."""
        self._tell(catalog, None)

    @hook_impl
    def on_pipeline_error(self, error: Exception, catalog: DataCatalog) -> None:
        """Tell of a run that failed."""
        self._tell(catalog, error)

    def _watch(self, note: Callable[[RunRecorder], None]) -> None:
        if self._gatherer is None:
            return
        try:
            note(self._gatherer)
        except Exception:  # the report must never be what breaks a run
            logger.debug("The run report missed something.", exc_info=True)

    def _tell(self, catalog: DataCatalog, error: Exception | None) -> None:
        gatherer, self._gatherer = self._gatherer, None
        if gatherer is None:
            return
        logging.getLogger("ees_analytics").removeHandler(gatherer.warnings)
        try:
            facts = gatherer.finish(error)
            place = _try("page", lambda: _write_page(catalog, facts))
            _try("row", lambda: _write_row(catalog, facts, place))
            with contextlib.suppress(SystemExit):  # rich's, where nobody reads the words any more
                tell(facts, place, sys.stdout)
        except Exception as trouble:  # nor may it hide how the run ended
            logger.warning("The run report could not be made (%s). The run itself is not affected.", trouble)


def run_row(facts: RunFacts, place: str | None) -> pa.Table:
    """The run as a row of ``ees_pipeline_runs``."""
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
        "report": place,
        "summary": json.dumps(facts.as_dict(), default=str, ensure_ascii=False),
    }
    return pa.Table.from_pylist([row], schema=contract_for(RUNS).arrow_schema.remove_metadata())


def _write_page(catalog: DataCatalog, facts: RunFacts) -> str:
    dataset: Any = catalog[f"report.{facts.run_id}"]
    catalog.save(f"report.{facts.run_id}", page(facts))
    return str(dataset._describe()["filepath"])


def _write_row(catalog: DataCatalog, facts: RunFacts, place: str | None) -> None:
    catalog.save(RUNS, run_row(facts, place))


def _try(what: str, write: Callable[[], Any]) -> Any:
    try:
        return write()
    except Exception as trouble:
        logger.warning(
            "The %s of the run report could not be written (%s). The run itself is not affected; "
            "check reports_root and lake_root.", what, reason_of(trouble).rstrip("."),
        )  # fmt: skip
        return None
