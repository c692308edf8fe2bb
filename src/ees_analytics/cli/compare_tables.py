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

from ees_analytics.cli.table_differences import Difference, difference
from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.contracts.contract import TableContract
from ees_analytics.lake.storage import TableStorage
from ees_analytics.lake.table import TableDataset

OPERATIONAL = ("raw.ees_ingest_ledger", "raw.ees_pipeline_runs", "app.ees__last_updated")
"""Tables about runs; they always differ, and are compared only when named."""

_SIDES = ("left", "right")
_DAYS_AT_ONCE = 60

Storages = Sequence[TableStorage]
"""The left and the right storage of a table."""


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
        table: Its catalogue name.
        differences: A line for each; its examples are lines that begin with spaces.
        rows: Number of rows compared, on the side that has more.
    """

    table: str
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
    contracts = {name: contract_for(name) for name in names}
    storages = {
        name: [cast(TableDataset, catalog.get(name)).storage for catalog in (left, right)] for name in names
    }
    exists = {name: [storage.exists() for storage in pair] for name, pair in storages.items()}
    _check_existence(scope, storages, exists)
    for name, pair in storages.items():
        if all(exists[name]):
            yield _compare_table(name, contracts[name], pair, scope)
        elif any(exists[name]):
            missing = exists[name].index(False)
            line = f"{name}: the table is missing {_SIDES[missing]} ({pair[missing].location})"
            yield Compared(name, [line])


def _check_existence(
    scope: Scope, storages: Mapping[str, Storages], exists: Mapping[str, Sequence[bool]]
) -> None:
    if scope.tables:
        if nowhere := [name for name in scope.tables if not any(exists[name])]:
            locations = " and ".join(storage.location for storage in storages[nowhere[0]])
            raise NothingToCompare(f"On neither side: {', '.join(nowhere)} (looked at {locations}).")
        return
    for position, side in enumerate(_SIDES):
        if not any(found[position] for found in exists.values()):
            name = list(storages)[-1]
            location = storages[name][position].location
            raise NothingToCompare(f"There is no table at all {side} (looked for {name} at {location}).")


def _compare_table(name: str, contract: TableContract, storages: Storages, scope: Scope) -> Compared:
    columns = [set(storage.rows(limit=1).column_names) for storage in storages]
    compared = Compared(name)
    for side, ours, theirs in zip(_SIDES, columns, reversed(columns), strict=True):
        compared.differences += [
            f"{name}: the column {column} is only on the {side}" for column in sorted(ours - theirs)
        ]
    for part, (left, right) in _parts(storages, sorted(set.intersection(*columns)), scope):
        compared.rows += max(left.num_rows, right.num_rows)
        compared.differences += _lines(name, part, difference(left, right, contract.key, scope.tolerance))
    return compared


def _parts(storages: Storages, columns: Sequence[str], scope: Scope) -> Iterator[tuple[str, list[pa.Table]]]:
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


def _lines(table: str, day: str, found: Difference | None) -> Iterator[str]:
    if found is None:
        return
    parts = [f"rows {found.left_rows:,} left, {found.right_rows:,} right"]
    if found.only_left:
        parts.append(f"{found.only_left:,} only left")
    if found.only_right:
        parts.append(f"{found.only_right:,} only right")
    parts += [f"{column} differs in {rows:,}" for column, rows in found.changed.items()]
    yield f"{table} {day}: {'; '.join(parts)}"
    yield from (f"    {example}" for example in found.examples)
