"""Kedro hooks of the project."""

import datetime as dt
import logging
from pathlib import Path
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline

from ees_analytics.cli.config_errors import (
    check_globals,
    check_key_paths,
    check_known_days,
    check_reports,
    check_run_date,
    check_runtime_parameters,
    check_sections,
)
from ees_analytics.cli.rule_errors import check_rules
from ees_analytics.console.logging_setup import silence_kedro
from ees_analytics.lake.daily_tables import DailyTablesDataset
from ees_analytics.lake.engine import (
    Engine,
    refuse_ended_engine,
    refuse_without_session,
    set_driver_memory,
    set_environment,
)
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.maintenance import MaintainSettings
from ees_analytics.pipelines.maintenance.housekeeping import (
    RUNS,
    SLACK_DAYS,
    compact,
    delete_expired,
    empty_old_runs,
)
from ees_analytics.runner import RunStopped, diagnose_failures_with, reason_of
from ees_analytics.slices.landing_dataset import LandingDataset

_logger = logging.getLogger(__name__)
_ALWAYS = ("raw.ees_ingest_ledger", "raw.ees_pipeline_runs")


class HousekeepingHooks:
    """After the last writer of a run: merges small files, and deletes what is no longer kept.

    Kedro calls the hooks that are registered first last, so that the run report is written by then.
    """

    @hook_impl
    def after_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """After a run that succeeded."""
        try:
            settings = MaintainSettings.model_validate(catalog.load("params:maintain"))
            written: list[Any] = [catalog.get(name) for name in sorted({*pipeline.all_outputs(), *_ALWAYS})]
            tables = [dataset.storage for dataset in written if isinstance(dataset, TableDataset)]
            compact(tables, settings)
            today = dt.datetime.now(dt.UTC).date()
            for runs in (table for table in tables if table.table == RUNS and table.is_local):
                empty_old_runs(runs, settings, today, SLACK_DAYS)
            report: Any = catalog[f"report.{run_params['run_id']}"]
            landings = [dataset for dataset in written if isinstance(dataset, LandingDataset)]
            delete_expired(Path(report._describe()["filepath"]).parent, landings, settings, today)
        except Exception as error:
            _logger.warning(
                "Small files were not merged, or old files not deleted (%s). The run itself is not affected, and the "
                "next one tries again.", reason_of(error).rstrip("."),
            )  # fmt: skip

    @hook_impl
    def on_pipeline_error(
        self, error: Exception, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """After a run that failed; not after one that was stopped, because its steps may still be writing."""
        if not isinstance(error, RunStopped):
            self.after_pipeline_run(run_params, pipeline, catalog)


class RunHooks:
    """Refuses settings that nothing reads; completes the catalogue."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Check the parameters of the command and of conf before anything is read.

        Raises:
            BadConfigException: A parameter, global, day, report, rule or path of a key is wrong or missing; names it.
            DatasetError: There is no such engine.
        """
        silence_kedro()
        loader: Any = context.config_loader
        given, conf = loader.runtime_params or {}, Path(loader.conf_source)
        check_runtime_parameters(given, conf)
        check_globals(loader["globals"].keys(), conf, context.env)
        parameters = loader["parameters"]
        names = {name for pipeline in pipelines.values() for name in pipeline.inputs()}
        read = {
            name.removeprefix("params:").partition(".")[0] for name in names if name.startswith("params:")
        }
        check_sections(parameters.keys() - given.keys(), read - given.keys(), conf)
        check_run_date(parameters["run_date"])
        check_run_date(parameters["ingest_range"].get("run_date", parameters["run_date"]))
        check_known_days(parameters["known_days"])
        check_reports(parameters["ga4"]["reports"])
        check_rules(parameters, conf)
        setting = {**loader["globals"], **given}
        check_key_paths(setting["google_key_file"])
        self._engine = Engine(setting["engine"])
        set_driver_memory(loader["globals"]["spark_driver_memory"])
        diagnose_failures_with(refuse_ended_engine)  # in place of a refused connection

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Set the engine's environment; ``DatasetError`` for ``engine=session`` if the caller has no Spark session."""
        if self._engine is Engine.SESSION:
            refuse_without_session()
        set_environment(self._engine)

    @hook_impl
    def after_catalog_created(self, catalog: DataCatalog, save_version: str | None, **_: Any) -> None:
        """Add ``run_id`` (Kedro's session id, or the current time outside a run); give ``daily_tables`` its catalogue."""
        run_id = save_version or f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H.%M.%S.%fZ}"
        catalog["run_id"] = MemoryDataset(run_id)
        if isinstance(daily_tables := catalog.get("daily_tables"), DailyTablesDataset):
            daily_tables.read_through(catalog)
