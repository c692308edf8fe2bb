"""``kedro compare-tables``: whether two lakes or catalogues hold the same tables, by table, day and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
from kedro.framework.session import KedroSession
from kedro.io import CatalogProtocol, DatasetError

from ees_analytics.cli.table_differences import differences
from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.lake.storage import TableStorage
from ees_analytics.lake.table import TableDataset

OPERATIONAL = ("raw.ees_ingest_ledger", "raw.ees_pipeline_runs", "app.ees__last_updated")
"""Tables about runs; they always differ, and are compared only when named."""

_DAYS_AT_ONCE = 60

Sides = Mapping[str, TableStorage]
"""The storage of a table on the ``left`` and on the ``right``."""


@dataclass(frozen=True)
class Scope:
    """What is compared, and how strictly."""

    tables: Sequence[str] = ()
    first: str | None = None
    last: str | None = None
    tolerance: float = 0.0


@dataclass
class Compared:
    """The result for one table.

    Attributes:
        differences: A line for each; its examples are lines that begin with spaces.
        rows: Number of rows compared, on the side that has more.
    """

    differences: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def found(self) -> int:
        """The number of differences."""
        return sum(not line.startswith(" ") for line in self.differences)


class NothingToCompare(DatasetError):
    """A lake, or a table that was asked for, does not exist."""


def open_catalog(project: Path, options: Mapping[str, Any]) -> CatalogProtocol:
    """The catalogue of ``kedro run`` with these parameters; ``env`` among them names the environment."""
    parameters = {key: value for key, value in options.items() if key != "env"}
    with KedroSession.create(project, env=options.get("env"), runtime_params=parameters) as session:
        return cast(KedroSession, session).load_context().catalog


def compare(left: CatalogProtocol, right: CatalogProtocol, scope: Scope) -> Iterator[Compared]:
    """Compare table by table; skip tables that neither side has, unless they were asked for.

    Raises:
        UnknownTable: There is no contract for a table that was asked for.
        NothingToCompare: One side has no table at all, or neither has a table that was asked for.
    """
    names = scope.tables or [name for name in sorted(all_contracts()) if name not in OPERATIONAL]
    keys = {name: contract_for(name).key for name in names}
    catalogs = {"left": left, "right": right}
    tables: dict[str, Sides] = {
        name: {side: cast(TableDataset, catalog.get(name)).storage for side, catalog in catalogs.items()}
        for name in names
    }
    missing = {
        name: [side for side, storage in sides.items() if not storage.exists()]
        for name, sides in tables.items()
    }
    _check_existence(scope, tables, missing)
    for name, sides in tables.items():
        if not missing[name]:
            yield _compare_table(name, keys[name], sides, scope)
        elif len(missing[name]) == 1:
            side = missing[name][0]
            yield Compared([f"{name}: the table is missing {side} ({sides[side].location})"])


def _check_existence(scope: Scope, tables: Mapping[str, Sides], missing: Mapping[str, Sequence[str]]) -> None:
    nowhere = [name for name in scope.tables if len(missing[name]) == len(tables[name])]
    if nowhere:
        locations = " and ".join(storage.location for storage in tables[nowhere[0]].values())
        raise NothingToCompare(f"On neither side: {', '.join(nowhere)} (looked at {locations}).")
    name, sides = list(tables.items())[-1]
    for side, storage in sides.items():
        if not scope.tables and all(side in absent for absent in missing.values()):
            raise NothingToCompare(
                f"There is no table at all {side} (looked for {name} at {storage.location})."
            )


def _compare_table(name: str, key: Sequence[str], sides: Sides, scope: Scope) -> Compared:
    columns = {side: set(storage.rows(limit=1).column_names) for side, storage in sides.items()}
    shared = set.intersection(*columns.values())
    compared = Compared(
        [
            f"{name}: the column {column} is only on the {side}"
            for side, names in columns.items()
            for column in sorted(names - shared)
        ]
    )
    for part, (left, right) in _parts([*sides.values()], sorted(shared), scope):
        compared.rows += max(left.num_rows, right.num_rows)
        if lines := differences(left, right, key, scope.tolerance):
            compared.differences += [f"{name} {part}: {lines[0]}", *(f"    {line}" for line in lines[1:])]
    return compared


def _parts(
    storages: Sequence[TableStorage], columns: Sequence[str], scope: Scope
) -> Iterator[tuple[str, list[pa.Table]]]:
    """The rows of both sides, day by day; all at once for a table without days."""
    day_column = next((column for column in ("date", "_file_date") if column in columns), None)
    if day_column is None:
        yield "whole table", [storage.rows().select(columns) for storage in storages]
        return
    found = {day for storage in storages for day in storage.slice_counts(day_column) if day is not None}
    days = sorted(day for day in found if (scope.first or day) <= day <= (scope.last or day))
    for position in range(0, len(days), _DAYS_AT_ONCE):
        group = days[position : position + _DAYS_AT_ONCE]
        rows = [storage.rows(day_column, group).select(columns) for storage in storages]
        for day in group:
            yield day, [side.filter(pc.equal(pc.cast(side[day_column], pa.string()), day)) for side in rows]
