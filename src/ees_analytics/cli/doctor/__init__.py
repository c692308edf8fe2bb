"""``kedro doctor``: whether this environment can run, and what to do if it cannot."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.io import DataCatalog

from ees_analytics.cli.doctor import machine, sources
from ees_analytics.cli.doctor.finding import Finding, Level, attempt, bad, good, merged, note
from ees_analytics.console.text import few
from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.casting import conform_where_possible, without_unfilled
from ees_analytics.contracts.columns import Columns, column_differences, columns_of
from ees_analytics.contracts.contract import TableContract
from ees_analytics.contracts.digest import matches
from ees_analytics.lake.engine import Engine
from ees_analytics.lake.storage.damage import GUIDE, DamagedTable, remedy_for_columns
from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.ingest import LoadLimits, as_date
from ees_analytics.runner import reason_of
from ees_analytics.slices.state import WHOLE, altered_slices, slicing_column
from ees_analytics.slices.state_dataset import TableStateDataset

_NAMED = 5
_FOLDERS = {"lake_root": "Lake", "landing_root": "Landing zone", "reports_root": "Run reports"}


def examine(
    project: Path, env: str | None, params: Mapping[str, Any], deep: bool | None = None
) -> Iterator[Finding]:
    """Check everything that a run of this environment needs; nothing is written.

    ``deep`` reads every row of every table, and compares it with what was recorded when it was written; by default only
    of tables in folders.
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
                yield attempt(name, _table, name, contract, catalog, may_be_absent, deep)


def _table(
    name: str, contract: TableContract, catalog: DataCatalog, may_be_absent: bool, deep: bool | None
) -> str | Finding:
    """Where a table is, if its files are there and it has the columns of its contract."""
    storage = cast(TableDataset, catalog[name]).storage
    location = storage.location
    if not storage.exists():
        if not contract.frozen:
            return note(name, "not created yet; a run does that")
        if may_be_absent:
            return note(name, "frozen and not in this lake: it counts as empty")
        advice = "no run can create it; restore it, or check `catalog`"
        return bad(name, f"frozen and missing at {location}: {advice}")
    storage.check_files()
    lacking = {column.name for column in storage.lacking()}
    if found := _differences(contract, storage.columns(), lacking):
        # What reads a frozen table casts its columns, and nothing writes it.
        is_readable = contract.frozen and {*contract.column_names} <= storage.columns().keys()
        return (note if is_readable else bad)(
            name, f"{'; '.join(found)}, at {location}. {remedy_for_columns(contract, location)}"
        )
    if (storage.is_local if deep is None else deep) and (altered := _altered(name, contract, catalog)):
        rows = "its rows are" if altered == [WHOLE] else f"the rows of {few(altered, _NAMED)} are"
        return bad(
            name, f"{rows} not those that were written: a file at {location} is damaged. Repair it: {GUIDE}."
        )
    if lacking and not storage.gains_columns:
        adds = f"`kedro run --pipelines maintain --params add_columns={contract.name}` adds it"
        return note(
            name, f"lacks {', '.join(sorted(lacking))}, which writes leave out: {adds}. It is at {location}"
        )
    return location


def _differences(contract: TableContract, table: Columns, lacking: Collection[str]) -> list[str]:
    """How a table's columns differ from the contract's, but for those that it may lack; a frozen one may have more."""
    more = table.keys() - {*contract.column_names} if contract.frozen else ()
    wanted = {name: kind for name, kind in columns_of(contract).items() if name not in lacking}
    return sorted(column_differences(wanted, {n: kind for n, kind in table.items() if n not in more}))


def _altered(name: str, contract: TableContract, catalog: DataCatalog) -> list[str]:
    """The slices whose rows are not those that the ledger has, or the last commit where it wrote the whole table."""
    if contract.layer == "raw" and slicing_column(contract):
        try:
            state = cast(TableStateDataset, catalog.get(f"state.{contract.name}")).load()
        except DamagedTable as error:
            if error.table == contract.name:
                raise
            return []  # the ledger is damaged: that is its own finding
        return altered_slices(state, LoadLimits.model_validate({}))
    storage = cast(TableDataset, catalog[name]).storage
    change, rows = storage.last_change(), conform_where_possible(storage.rows(), contract)
    recorded = change.commit_metadata.get("digest") if change else None
    return [] if recorded is None or matches(without_unfilled(rows, contract), recorded) else [WHOLE]


__all__ = ["Finding", "Level", "examine", "merged"]
