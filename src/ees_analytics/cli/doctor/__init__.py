"""``kedro doctor``: whether this environment can run, and what to do if it cannot."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.io import DataCatalog

from ees_analytics.cli.doctor import machine, sources
from ees_analytics.cli.doctor.finding import Finding, Level, attempt, bad, good, note
from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.engine import Engine
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.ingest import as_date
from ees_analytics.runner import reason_of

_DAMAGED = ". If files of it are damaged: docs/how-to/investigate-a-failed-check.md."
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
            yield bad("Configuration", reason_of(error))
            return
        yield good("Configuration", f"environment {context.env or 'base'}, run_date {run_date}")
        setting = {**cast(Any, context.config_loader)["globals"], **params}
        engine = machine.engine(setting["engine"])
        yield engine
        yield machine.java(needed=setting["engine"] == Engine.SPARK)
        for key, purpose in _FOLDERS.items():
            if setting.get(key):
                yield machine.folder(purpose, setting[key])
        names = sorted(name for name in pipelines["__default__"].inputs() if name.startswith("source."))
        yield from sources.sources(catalog, names, run_date, setting.get("google_key_file"))
        if engine.level is Level.BAD:
            yield bad("Tables", "not checked: the engine does not run")
        else:
            may_be_absent = setting["absent_frozen_tables"] != "error"
            for name, contract in sorted(all_contracts().items()):
                yield attempt(name, _table, name, contract, catalog, may_be_absent, advice=_DAMAGED)


def _table(name: str, contract: TableContract, catalog: DataCatalog, may_be_absent: bool) -> str | Finding:
    """Where a table is, if it can be read and has the columns of its contract."""
    storage = cast(TableDataset, catalog[name]).storage
    location = storage.location
    if not storage.exists():
        if not contract.frozen:
            return note(name, f"does not exist yet; a run creates it at {location}")
        if may_be_absent:
            return note(name, "frozen and not in this lake: it counts as empty")
        advice = "no run can create it; restore it, or check `catalog`"
        return bad(name, f"frozen and missing at {location}: {advice}")
    found, expected = set(storage.rows(limit=1).column_names), set(contract.column_names)
    missing, unknown = sorted(expected - found), sorted(found - expected)
    if missing or (unknown and not contract.frozen):
        columns = f"missing {missing}, unknown {unknown}"
        return bad(name, f"columns differ from the contract: {columns} at {location}")
    return location


__all__ = ["Finding", "Level", "examine"]
