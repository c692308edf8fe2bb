"""``kedro doctor``: can this environment run, and if not, what is to be done?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from kedro.framework.context import KedroContext
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.io import DataCatalog

from ees_analytics.cli.config_errors import describe_error
from ees_analytics.cli.doctor import machine, sources, tables
from ees_analytics.cli.doctor.finding import Finding, Level
from ees_analytics.lake.engine import Engine
from ees_analytics.parameters.dates import as_date

_OF_GOOGLE = ("source.ees_ga4_", "source.ees_search_console")


def examine(project: Path, env: str | None, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Look at everything that a run of this environment needs; nothing is written.

    Args:
        project: The project's folder.
        env: The environment, or None for the default one.
        params: Runtime parameters, as of ``kedro run --params``.
    """
    yield machine.python_version()
    with KedroSession.create(project, env=env, runtime_params=dict(params)) as session:
        try:
            context: KedroContext = cast(Any, session).load_context()
            catalog, run_date = cast(DataCatalog, context.catalog), as_date(context.params["run_date"])
        except Exception as error:  # whatever is wrong in conf, its message says where
            yield Finding(Level.BAD, "Configuration", describe_error(error))
            return
        yield Finding(
            Level.GOOD, "Configuration", f"environment {context.env or 'base'}, run_date {run_date}"
        )
        setting = {**context.config_loader["globals"], **params}
        started = machine.engine(setting["engine"])
        yield started
        yield machine.java(needed=setting["engine"] == Engine.SPARK)
        yield from machine.folders(_folders(setting))
        yield from _sources(context, catalog, setting, started.level is not Level.BAD)
        if started.level is Level.BAD:
            yield Finding(Level.BAD, "Tables", "not looked at: the engine does not run")
            return
        yield from tables.tables(catalog, setting["absent_frozen_tables"] != "error")


def can_run(findings: Sequence[Finding]) -> bool:
    """Whether nothing stands in the way."""
    return all(finding.level is not Level.BAD for finding in findings)


def _sources(
    context: KedroContext, catalog: DataCatalog, setting: Mapping[str, Any], engine_runs: bool
) -> Iterator[Finding]:
    names = sorted(name for name in pipelines["__default__"].inputs() if name.startswith("source."))
    account = sources.credentials(sources.asks_google(catalog, names), setting.get("google_key_file"))
    yield account
    if account.level is Level.BAD:
        names = [name for name in names if not name.startswith(_OF_GOOGLE)]
        yield Finding(Level.BAD, "Google Analytics, Search Console", "not asked: there are no credentials")
    yield from sources.sources(catalog, names, as_date(context.params["run_date"]), engine_runs)


def _folders(setting: Mapping[str, Any]) -> dict[str, str]:
    kept = {"Lake": "lake_root", "Landing zone": "landing_root", "Run reports": "reports_root"}
    return {purpose: setting[key] for purpose, key in kept.items() if setting.get(key)}


__all__ = ["Finding", "Level", "can_run", "examine"]
