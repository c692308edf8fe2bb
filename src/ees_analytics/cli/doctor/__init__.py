"""``kedro doctor``: can this environment run, and if not, what is to be done?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession

from ees_analytics.cli.config_errors import describe_error
from ees_analytics.cli.doctor import machine, sources, tables
from ees_analytics.cli.doctor.finding import Finding, Level, bad, good
from ees_analytics.lake.engine import Engine
from ees_analytics.parameters.ingest import as_date

_FOLDERS = {"lake_root": "Lake", "landing_root": "Landing zone", "reports_root": "Run reports"}


def examine(project: Path, env: str | None, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check everything that a run of this environment needs; nothing is written.

    Args:
        project: The project's folder.
        env: The environment, or None for the default one.
        params: Runtime parameters, as of ``kedro run --params``.
    """
    yield machine.python_version()
    with KedroSession.create(project, env=env, runtime_params=dict(params)) as session:
        try:
            context = cast(KedroSession, session).load_context()
            catalog, run_date = cast(Any, context.catalog), as_date(context.params["run_date"])
        except Exception as error:  # any mistake in conf
            yield bad("Configuration", describe_error(error))
            return
        yield good("Configuration", f"environment {context.env or 'base'}, run_date {run_date}")
        setting = {**cast(Any, context.config_loader)["globals"], **params}
        engine = machine.engine(setting["engine"])
        yield engine
        yield machine.java(needed=setting["engine"] == Engine.SPARK)
        yield from machine.folders(
            {purpose: setting[key] for key, purpose in _FOLDERS.items() if setting.get(key)}
        )
        names = sorted(name for name in pipelines["__default__"].inputs() if name.startswith("source."))
        engine_runs = engine.level is not Level.BAD
        yield from sources.sources(catalog, names, run_date, setting.get("google_key_file"), engine_runs)
        if engine_runs:
            yield from tables.tables(catalog, setting["absent_frozen_tables"] != "error")
        else:
            yield bad("Tables", "not checked: the engine does not run")


def can_run(findings: Sequence[Finding]) -> bool:
    """Whether no finding is bad."""
    return all(finding.level is not Level.BAD for finding in findings)


__all__ = ["Finding", "Level", "can_run", "examine"]
