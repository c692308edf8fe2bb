"""Kedro hooks of the project."""

import datetime as dt
from pathlib import Path
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines
from kedro.io import DataCatalog, MemoryDataset

from ees_analytics.cli.config_errors import (
    check_key_paths,
    check_known_days,
    check_reports,
    check_run_date,
    check_runtime_parameters,
    check_sections,
)
from ees_analytics.console.logging_setup import silence_kedro
from ees_analytics.lake.engine import Engine, refuse_ended_engine, refuse_without_session, set_driver_memory


class RunHooks:
    """Refuses settings that nothing reads; adds the dataset ``run_id``."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Check the parameters of the command and of conf before anything is read.

        Raises:
            BadConfigException: Nothing reads a parameter, one that steps read is missing, ``run_date`` is in the
                future, known days are of no daily table, a report does not fit its table, or a key is given in the place of its file's path.
            DatasetError: There is no such engine.
        """
        silence_kedro()
        loader: Any = context.config_loader
        given, conf = loader.runtime_params or {}, Path(loader.conf_source)
        check_runtime_parameters(given, conf)
        parameters = loader["parameters"]
        names = {name for pipeline in pipelines.values() for name in pipeline.inputs()}
        read = {
            name.removeprefix("params:").partition(".")[0] for name in names if name.startswith("params:")
        }
        check_sections(parameters.keys() - given.keys(), read - given.keys(), conf)
        check_run_date(parameters["run_date"])
        check_known_days(parameters["known_days"])
        check_reports(parameters["ga4"]["reports"])
        setting = {**loader["globals"], **given}
        check_key_paths(setting["google_key_file"])
        self._engine = Engine(setting["engine"])
        set_driver_memory(loader["globals"]["spark_driver_memory"])

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Stop before anything is written where the engine cannot run.

        Raises:
            DatasetError: ``engine=session``, and the caller has no Spark session.
        """
        if self._engine is Engine.SESSION:
            refuse_without_session()

    @hook_impl
    def on_node_error(self) -> None:
        """Name the cause where the engine is gone, in place of a refused connection.

        Raises:
            DatasetError: Spark's JVM ended.
        """
        refuse_ended_engine()

    @hook_impl
    def after_catalog_created(self, catalog: DataCatalog, save_version: str | None, **_: Any) -> None:
        """Add ``run_id``: Kedro's session id, or the current time outside a run."""
        run_id = save_version or f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H.%M.%S.%fZ}"
        catalog["run_id"] = MemoryDataset(run_id)
