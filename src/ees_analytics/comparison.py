"""``kedro compare-tables``: whether two lakes or catalogues hold the same tables, by table, day and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
from kedro.framework.session import KedroSession
from kedro.io import CatalogProtocol

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


def compare(left: Side, right: Side, scope: Scope) -> Iterator[str]:
    """Compare table by table.

    Yields:
        A line for each difference; nothing where all is equal.

    Raises:
        KeyError: A table that was asked for is unknown.
    """
    names = scope.tables or [name for name in sorted(all_contracts()) if name not in OPERATIONAL]
    for name in names:
        contract = contract_for(name)
        storages = left.storage(name), right.storage(name)
        there = [storage.exists() for storage in storages]
        if all(there):
            yield from _compare_table(name, contract, storages, scope)
        elif any(there):
            missing = right if there[0] else left
            yield f"{name}: the table is missing {missing.name} ({storages[there.index(False)].place})"


def _compare_table(
    name: str, contract: TableContract, storages: tuple[TableStorage, TableStorage], scope: Scope
) -> Iterator[str]:
    columns = [storage.frame().columns for storage in storages]
    for side, ours, theirs in (("left", *columns), ("right", *reversed(columns))):
        for column in sorted(set(ours) - set(theirs)):
            yield f"{name}: the column {column} is only on the {side}"
    shared = sorted(set(columns[0]) & set(columns[1]))
    day_column = next((column for column in ("date", "_file_date") if column in shared), None)
    if day_column is None:
        rows = [storage.rows().select(shared) for storage in storages]
        yield from _lines(name, "whole table", difference(rows[0], rows[1], contract.key, scope.tolerance))
        return
    days = _days(storages, day_column, scope)
    for position in range(0, len(days), _DAYS_AT_ONCE):
        group = days[position : position + _DAYS_AT_ONCE]
        rows = [storage.rows_in(day_column, group).select(shared) for storage in storages]
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
