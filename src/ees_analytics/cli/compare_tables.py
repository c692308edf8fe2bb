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

_SIDES = ("left", "right")
_DAYS_AT_ONCE = 60

Days = tuple[str | None, str | None]
"""The first and the last day to compare; None: no bound."""


@dataclass
class Compared:
    """The differences of one table, each a line followed by examples, and its number of rows (on the longer side)."""

    differences: list[list[str]] = field(default_factory=list)
    rows: int = 0


class NothingToCompare(DatasetError):
    """A lake, or a table that was asked for, does not exist."""


def open_catalog(project: Path, options: Mapping[str, Any]) -> CatalogProtocol:
    """The catalogue of ``kedro run`` with these parameters; ``env`` among them names the environment."""
    parameters = {key: value for key, value in options.items() if key != "env"}
    with KedroSession.create(project, env=options.get("env"), runtime_params=parameters) as session:
        return cast(KedroSession, session).load_context().catalog


def compare(
    left: CatalogProtocol,
    right: CatalogProtocol,
    tables: Sequence[str] = (),
    days: Days = (None, None),
    tolerance: float = 0.0,
) -> Iterator[Compared]:
    """Compare table by table; skip tables that neither side has, unless they were asked for.

    Args:
        left: One catalogue.
        right: The other one.
        tables: Only these, by catalogue name.
        days: Only these.
        tolerance: Numbers that differ by no more than this share of the larger one are equal.

    Raises:
        UnknownTable: There is no contract for a table that was asked for.
        NothingToCompare: One side has no table at all, or neither has a table that was asked for.
    """
    names = tables or [name for name in sorted(all_contracts()) if name not in OPERATIONAL]
    keys = {name: contract_for(name).key for name in names}
    pairs = {
        name: [cast(TableDataset, catalog.get(name)).storage for catalog in (left, right)] for name in names
    }
    exists = {name: [storage.exists() for storage in pair] for name, pair in pairs.items()}
    if nowhere := [name for name in tables if not any(exists[name])]:
        locations = " and ".join(storage.location for storage in pairs[nowhere[0]])
        raise NothingToCompare(f"On neither side: {', '.join(nowhere)} (looked at {locations}).")
    for side, storage, found in zip(
        _SIDES, pairs[names[-1]], zip(*exists.values(), strict=True), strict=True
    ):
        if not (tables or any(found)):
            place = f"looked for {names[-1]} at {storage.location}"
            raise NothingToCompare(f"There is no table at all {side} ({place}).")
    for name, pair in pairs.items():
        if all(exists[name]):
            yield _compare_table(name, keys[name], pair, days, tolerance)
        elif any(exists[name]):
            absent = exists[name].index(False)
            line = f"{name}: the table is missing {_SIDES[absent]} ({pair[absent].location})"
            yield Compared([[line]])


def _compare_table(
    name: str, key: Sequence[str], pair: Sequence[TableStorage], days: Days, tolerance: float
) -> Compared:
    columns = [storage.rows(limit=1).column_names for storage in pair]
    shared = sorted(set.intersection(*map(set, columns)))
    compared = Compared(
        [
            [f"{name}: the column {column} is only on the {side}"]
            for side, found in zip(_SIDES, columns, strict=True)
            for column in sorted(set(found).difference(shared))
        ]
    )
    for part, (left, right) in _parts(pair, shared, days):
        compared.rows += max(left.num_rows, right.num_rows)
        if lines := differences(left, right, key, tolerance):
            compared.differences.append([f"{name} {part}: {lines[0]}", *lines[1:]])
    return compared


def _parts(
    pair: Sequence[TableStorage], columns: Sequence[str], days: Days
) -> Iterator[tuple[str, list[pa.Table]]]:
    """The rows of both sides, day by day; all at once for a table without days."""
    day_column = next((column for column in ("date", "_file_date") if column in columns), None)
    if day_column is None:
        yield "whole table", [storage.rows().select(columns) for storage in pair]
        return
    found = {day for storage in pair for day in storage.slice_counts(day_column) if day is not None}
    first, last = days
    wanted = sorted(day for day in found if (first or day) <= day <= (last or day))
    for position in range(0, len(wanted), _DAYS_AT_ONCE):
        group = wanted[position : position + _DAYS_AT_ONCE]
        rows = [storage.rows(day_column, group).select(columns) for storage in pair]
        for day in group:
            yield day, [side.filter(pc.equal(pc.cast(side[day_column], pa.string()), day)) for side in rows]
