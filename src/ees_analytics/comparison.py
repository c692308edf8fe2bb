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

from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.contracts.contract import TableContract
from ees_analytics.datasets.storage import TableStorage
from ees_analytics.datasets.table import TableDataset
from ees_analytics.transforms.table_differences import Difference, difference

OPERATIONAL = ("raw.ees_ingest_ledger", "raw.ees_pipeline_runs", "app.ees__last_updated")
"""Tables that tell of runs; they differ by nature, and are compared only when named."""

_DAYS_AT_ONCE = 60


@dataclass(frozen=True)
class Side:
    """One of the two: its catalogue, and how it was named on the command line."""

    name: str
    catalog: CatalogProtocol

    def storage(self, table: str) -> TableStorage:
        """Where this side keeps a table."""
        return cast("TableDataset", self.catalog.get(table)).storage


@dataclass(frozen=True)
class Scope:
    """What is compared, and how strictly."""

    tables: Sequence[str] = ()
    first: str | None = None
    last: str | None = None
    tolerance: float = 0.0


def open_side(project: Path, name: str, options: Mapping[str, Any]) -> Side:
    """The catalogue that ``kedro run`` would have with these parameters; ``env`` among them names the environment."""
    parameters = {key: value for key, value in options.items() if key != "env"}
    with KedroSession.create(
        project_path=project, env=options.get("env"), runtime_params=parameters
    ) as session:
        return Side(name, cast("KedroSession", session).load_context().catalog)


class NothingToCompare(DatasetError):
    """A lake or a table that was asked for is not there."""


@dataclass
class Compared:
    """What came of one table.

    Attributes:
        table: Its catalogue name.
        differences: A line for each; its examples are lines that begin with spaces.
        rows: How many rows were looked at, on the side that has more.
    """

    table: str
    differences: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def found(self) -> int:
        """How many differences there are."""
        return sum(not line.startswith(" ") for line in self.differences)


def compare(left: Side, right: Side, scope: Scope) -> Iterator[Compared]:
    """Compare table by table; tables that neither side has are passed over, unless they were asked for.

    Raises:
        UnknownTable: A table that was asked for is none of the project's.
        NothingToCompare: One side has no table at all, or a table that was asked for is on neither side.
    """
    named = list(scope.tables)
    names = named or [name for name in sorted(all_contracts()) if name not in OPERATIONAL]
    contracts = {name: contract_for(name) for name in names}
    there = {name: tuple(side.storage(name).exists() for side in (left, right)) for name in names}
    for position, side in enumerate((left, right)):
        if not named and not any(found[position] for found in there.values()):
            raise NothingToCompare(
                f"There is no table at all {side.name} (looked for {names[-1]} at {side.storage(names[-1]).place})."
            )
    if nowhere := [name for name in named if not any(there[name])]:
        places = " and ".join(side.storage(nowhere[0]).place for side in (left, right))
        raise NothingToCompare(f"On neither side: {', '.join(nowhere)} (looked at {places}).")
    for name, found in there.items():
        storages = left.storage(name), right.storage(name)
        if all(found):
            yield _compare_table(name, contracts[name], storages, scope)
        elif any(found):
            side, storage = (right, storages[1]) if found[0] else (left, storages[0])
            yield Compared(name, [f"{name}: the table is missing {side.name} ({storage.place})"])


def _compare_table(
    name: str, contract: TableContract, storages: tuple[TableStorage, TableStorage], scope: Scope
) -> Compared:
    compared = Compared(name)
    compared.differences += _differences(compared, contract, storages, scope)
    return compared


def _differences(
    compared: Compared, contract: TableContract, storages: tuple[TableStorage, TableStorage], scope: Scope
) -> Iterator[str]:
    name = compared.table
    columns = [storage.frame().columns for storage in storages]
    for side, ours, theirs in (("left", *columns), ("right", *reversed(columns))):
        for column in sorted(set(ours) - set(theirs)):
            yield f"{name}: the column {column} is only on the {side}"
    shared = sorted(set(columns[0]) & set(columns[1]))
    day_column = next((column for column in ("date", "_file_date") if column in shared), None)
    if day_column is None:
        rows = [storage.rows().select(shared) for storage in storages]
        compared.rows += max(side.num_rows for side in rows)
        yield from _lines(name, "whole table", difference(rows[0], rows[1], contract.key, scope.tolerance))
        return
    days = _days(storages, day_column, scope)
    for position in range(0, len(days), _DAYS_AT_ONCE):
        group = days[position : position + _DAYS_AT_ONCE]
        rows = [storage.rows_in(day_column, group).select(shared) for storage in storages]
        compared.rows += max(side.num_rows for side in rows)
        for day in group:
            ours, theirs = (_of_day(side, day_column, day) for side in rows)
            yield from _lines(name, day, difference(ours, theirs, contract.key, scope.tolerance))


def _days(storages: tuple[TableStorage, TableStorage], column: str, scope: Scope) -> list[str]:
    found = {day for storage in storages for day in storage.slice_counts(column) if day is not None}
    return sorted(
        day for day in found if (scope.first or day) <= day and day <= (scope.last or day)
    )  # fmt: skip


def _of_day(rows: pa.Table, column: str, day: str) -> pa.Table:
    return rows.filter(pc.equal(pc.cast(rows[column], pa.string()), day))


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
