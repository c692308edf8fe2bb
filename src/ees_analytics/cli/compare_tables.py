"""``kedro compare-tables``: whether two lakes or catalogues hold the same tables, by table, day and column."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from kedro.framework.session import KedroSession
from kedro.io import CatalogProtocol, DatasetError

from ees_analytics.console.text import iso_day, values_by_key
from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.contracts.contract import day_column_of
from ees_analytics.contracts.digest import digest
from ees_analytics.lake.storage import TableStorage
from ees_analytics.lake.storage.history import Moment, NoSuchVersion
from ees_analytics.lake.table import TableDataset

OPERATIONAL = ("raw.ees_ingest_ledger", "raw.ees_pipeline_runs", "app.ees__last_updated")
"""Tables about runs; they always differ, and are compared only when named."""

_SIDES = ("left", "right")
_DAYS_AT_ONCE = 60
_EXAMPLES = 3

Row = tuple[Any, ...]

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


def moment_of(side: dict[str, Any]) -> Moment | None:
    """Take the version (``version``) or the time (``as_of``) out of a side's parameters; None: the newest version.

    A day means its end, and a time without a zone is local to London.

    Raises:
        ValueError: It is neither a version nor a time, or both are given.
    """
    version, as_of = side.pop("version", None), side.pop("as_of", None)
    if version is not None and as_of is not None:
        raise ValueError("give `version` or `as_of`, not both")
    if version is not None:
        return int(version)
    if as_of is None:
        return None
    moment = dt.datetime.fromisoformat(str(as_of))
    if iso_day(str(as_of)):
        moment += dt.timedelta(days=1, microseconds=-1)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Europe/London"))


def compare(
    left: CatalogProtocol,
    right: CatalogProtocol,
    tables: Sequence[str] = (),
    days: Days = (None, None),
    tolerance: float = 0.0,
    moments: tuple[Moment | None, Moment | None] = (None, None),
) -> Iterator[Compared]:
    """Compare table by table; skip tables that neither side has, unless they were asked for.

    Args:
        left: One catalogue.
        right: The other one.
        tables: Only these, by catalogue name.
        days: Only these.
        tolerance: Numbers that differ by no more than this share of the larger one are equal.
        moments: The version of each side's tables to compare; None: the newest.

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
            try:
                sides = [
                    storage if moment is None else storage.at(moment)
                    for storage, moment in zip(pair, moments, strict=True)
                ]
                yield _compare_table(name, keys[name], sides, days, tolerance)
            except NoSuchVersion as error:
                yield Compared([[f"{name}: {error}"]])
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
    totals, of_rows = [0, 0], []
    for part, sides in _parts(pair, shared, days):
        totals = [total + side.num_rows for total, side in zip(totals, sides, strict=True)]
        compared.rows += max(side.num_rows for side in sides)
        if lines := differences(sides[0], sides[1], key, tolerance):
            of_rows.append([f"{name} {part}: {lines[0]}", *lines[1:]])
    if not all(totals) and any(totals):
        shown = ", ".join(f"{total:,} {side}" for total, side in zip(totals, _SIDES, strict=True))
        of_rows = [[f"{name}: rows {shown}"]]
    compared.differences += of_rows
    return compared


def _parts(
    pair: Sequence[TableStorage], columns: Sequence[str], days: Days
) -> Iterator[tuple[str, list[pa.Table]]]:
    """The rows of both sides, day by day; all at once for a table without days."""
    day_column = day_column_of(columns)
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


def differences(left: pa.Table, right: pa.Table, key: Sequence[str], tolerance: float = 0.0) -> list[str]:
    """Compare rows by their key; where the key is missing or occurs twice, as whole rows.

    Args:
        left: Rows of the columns that both sides have.
        right: The same columns, in any order.
        key: The columns that identify a row.
        tolerance: Numbers that differ by no more than this share of the larger one are equal.

    Returns:
        Nothing if no row differs; otherwise a line with the numbers of rows, and examples.
    """
    columns = sorted(left.column_names)
    left, right = left.select(columns), right.select(columns)
    if left.schema.types == right.schema.types and digest(left) == digest(right):
        return []
    key = [name for name in key if name in columns]
    if not (
        key and all(side.group_by(key).aggregate([]).num_rows == side.num_rows for side in (left, right))
    ):
        key = columns
    ours, theirs = _by_key(left, key), _by_key(right, key)
    counts = [f"rows {left.num_rows:,} left, {right.num_rows:,} right"]
    examples: list[str] = []
    for side, only in (("left", ours.keys() - theirs.keys()), ("right", theirs.keys() - ours.keys())):
        counts += [f"{len(only):,} only {side}"] if only else []
        examples += [f"only {side}: {_text(row)}" for row, _ in sorted(only, key=str)[:_EXAMPLES]]
    changed = values_by_key(
        (column, f"{_text(name[0])}: {column} {a!r} left, {b!r} right")
        for name in ours.keys() & theirs.keys()
        for column, a, b in zip(columns, ours[name], theirs[name], strict=True)
        if not _is_equal(a, b, tolerance)
    )
    counts += [f"{column} differs in {len(found):,}" for column, found in sorted(changed.items())]
    examples += [found[0] for found in changed.values()]
    return ["; ".join(counts), *examples] if examples else []


def _by_key(rows: pa.Table, key: Sequence[str]) -> dict[tuple[Row, int], Row]:
    """Rows by key and, for equal keys, by the number of earlier ones."""
    positions = [rows.column_names.index(name) for name in key]
    earlier: Counter[Row] = Counter()
    found = {}
    for row in zip(*(map(_plain, column.to_pylist()) for column in rows.columns), strict=True):
        name = tuple(row[position] for position in positions)
        found[name, earlier[name]] = row
        earlier[name] += 1
    return found


def _plain(value: Any) -> Any:
    """A value that equals others of the same meaning: timestamps without a zone are UTC, NaN equals itself."""
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value.replace(tzinfo=dt.UTC)
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def _is_equal(left: Any, right: Any, tolerance: float) -> bool:
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    return left == right or (numbers and math.isclose(left, right, rel_tol=tolerance))


def _text(row: Row) -> str:
    return " | ".join(str(value) for value in row)
