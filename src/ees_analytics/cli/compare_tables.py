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
"""Tables that tell of runs; they differ by nature, and are compared only when named."""

_DAYS_AT_ONCE = 60

Storages = tuple[TableStorage, TableStorage]
"""Where the left and the right side keep a table."""


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
    names = scope.tables or [name for name in sorted(all_contracts()) if name not in OPERATIONAL]
    contracts = {name: contract_for(name) for name in names}
    storages = {name: (left.storage(name), right.storage(name)) for name in names}
    there = {name: [storage.exists() for storage in pair] for name, pair in storages.items()}
    _refuse_nothing(scope, storages, there)
    for name, (on_left, on_right) in there.items():
        if on_left and on_right:
            yield _compare_table(name, contracts[name], storages[name], scope)
        elif on_left or on_right:
            side, storage = (right, storages[name][1]) if on_left else (left, storages[name][0])
            yield Compared(name, [f"{name}: the table is missing {side.name} ({storage.location})"])


def _refuse_nothing(
    scope: Scope, storages: Mapping[str, Storages], there: Mapping[str, Sequence[bool]]
) -> None:
    if scope.tables:
        if nowhere := [name for name in scope.tables if not any(there[name])]:
            places = " and ".join(storage.location for storage in storages[nowhere[0]])
            raise NothingToCompare(f"On neither side: {', '.join(nowhere)} (looked at {places}).")
        return
    for position, side in enumerate(("left", "right")):
        if not any(found[position] for found in there.values()):
            name, pair = list(storages.items())[-1]
            raise NothingToCompare(
                f"There is no table at all {side} (looked for {name} at {pair[position].location})."
            )


def _compare_table(name: str, contract: TableContract, storages: Storages, scope: Scope) -> Compared:
    columns = [storage.frame().columns for storage in storages]
    compared = Compared(name)
    for side, ours, theirs in (("left", *columns), ("right", *reversed(columns))):
        for column in sorted(set(ours) - set(theirs)):
            compared.differences.append(f"{name}: the column {column} is only on the {side}")
    for part, (ours, theirs) in _parts(storages, sorted(set(columns[0]) & set(columns[1])), scope):
        compared.rows += max(ours.num_rows, theirs.num_rows)
        compared.differences += _lines(name, part, difference(ours, theirs, contract.key, scope.tolerance))
    return compared


def _parts(storages: Storages, columns: Sequence[str], scope: Scope) -> Iterator[tuple[str, list[pa.Table]]]:
    """The rows of both sides, day by day; all at once for a table without days."""
    day_column = next((column for column in ("date", "_file_date") if column in columns), None)
    if day_column is None:
        yield "whole table", [storage.rows().select(columns) for storage in storages]
        return
    days = _days(storages, day_column, scope)
    for position in range(0, len(days), _DAYS_AT_ONCE):
        group = days[position : position + _DAYS_AT_ONCE]
        rows = [storage.rows(day_column, group).select(columns) for storage in storages]
        for day in group:
            yield day, [_of_day(side, day_column, day) for side in rows]


def _days(storages: Storages, column: str, scope: Scope) -> list[str]:
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
