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

from ees_analytics.console.text import counted, iso_day, values_by_key
from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.contracts.contract import day_column_of
from ees_analytics.contracts.digest import digest
from ees_analytics.lake.storage import TableStorage
from ees_analytics.lake.storage.history import Moment, NoSuchVersion
from ees_analytics.lake.table import TableDataset

OPERATIONAL = ("raw.ees_ingest_ledger", "raw.ees_pipeline_runs", "app.ees__last_updated")
"""Tables about runs; they always differ, and are compared only when named."""

_SIDES = ("left", "right")
_WHOLE = "whole table"
_DAYS_AT_ONCE = 60
_EXAMPLES = 3

Row = tuple[Any, ...]

Days = tuple[str | None, str | None]
"""The first and the last day to compare; None: no bound."""


@dataclass
class Difference:
    """How rows differ: the number of rows on each side, the number of each kind of difference, and examples."""

    rows: list[int]
    counts: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        sides = ", ".join(f"{count:,} {side}" for count, side in zip(self.rows, _SIDES, strict=True))
        return "; ".join(
            [f"rows {sides}", *(kind.format(f"{count:,}") for kind, count in self.counts.items())]
        )


@dataclass
class Compared:
    """How a table differs.

    Attributes:
        faults: Why it cannot be compared, or only in part.
        total: All of its rows.
        parts: Each day that differs, or ``whole table``.
    """

    faults: list[str] = field(default_factory=list)
    total: Difference = field(default_factory=lambda: Difference([0, 0]))
    parts: dict[str, Difference] = field(default_factory=dict)

    def lines(self, table: str, most: int) -> Iterator[str]:
        """A line for the table, then at most this number of its newest days; nothing where both sides are equal."""
        found = [*self.faults]
        if self.parts:
            found += [] if _WHOLE in self.parts else [f"differences on {counted(len(self.parts), 'day')}"]
            found.append(str(self.total))
        if found:
            yield f"{table}: {'; '.join(found)}"
        for part in sorted(self.parts, reverse=True)[:most]:
            yield f"  {part}: {self.parts[part]}"
            yield from (f"    {example}" for example in self.parts[part].examples)
        if 0 < most < len(self.parts):
            yield f"  and {counted(len(self.parts) - most, 'earlier day')}: --days shows all of a range"


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
    try:
        moment = dt.datetime.fromisoformat(str(as_of))
    except ValueError:
        raise ValueError(f"`{as_of}` is not a time") from None
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
) -> Iterator[tuple[str, Compared]]:
    """Compare table by table, by name; skip tables that neither side has, unless they were asked for.

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
                yield name, _compare_table(keys[name], sides, days, tolerance)
            except NoSuchVersion as error:
                yield name, Compared([str(error)])
        elif any(exists[name]):
            absent = exists[name].index(False)
            yield name, Compared([f"the table is missing {_SIDES[absent]} ({pair[absent].location})"])


def _compare_table(
    key: Sequence[str], pair: Sequence[TableStorage], days: Days, tolerance: float
) -> Compared:
    columns = [storage.rows(limit=1).column_names for storage in pair]
    shared = sorted(set.intersection(*map(set, columns)))
    compared = Compared(
        [
            f"the column {column} is only on the {side}"
            for side, found in zip(_SIDES, columns, strict=True)
            for column in sorted(set(found).difference(shared))
        ]
    )
    total = compared.total
    for part, (left, right) in _parts(pair, shared, days):
        total.rows = [total.rows[0] + left.num_rows, total.rows[1] + right.num_rows]
        if found := difference(left, right, key, tolerance):
            compared.parts[part] = found
            total.counts += found.counts
    if not all(total.rows) and any(total.rows):  # every row would be an example
        compared.faults.append(str(Difference(total.rows)))
        compared.parts = {}
    return compared


def _parts(
    pair: Sequence[TableStorage], columns: Sequence[str], days: Days
) -> Iterator[tuple[str, list[pa.Table]]]:
    """The rows of both sides, day by day; all at once for a table without days."""
    day_column = day_column_of(columns)
    if day_column is None:
        yield _WHOLE, [storage.rows().select(columns) for storage in pair]
        return
    found = {day for storage in pair for day in storage.slice_counts(day_column) if day is not None}
    first, last = days
    wanted = sorted(day for day in found if (first or day) <= day <= (last or day))
    for position in range(0, len(wanted), _DAYS_AT_ONCE):
        group = wanted[position : position + _DAYS_AT_ONCE]
        rows = [storage.rows(day_column, group).select(columns) for storage in pair]
        for day in group:
            yield day, [side.filter(pc.equal(pc.cast(side[day_column], pa.string()), day)) for side in rows]


def difference(
    left: pa.Table, right: pa.Table, key: Sequence[str], tolerance: float = 0.0
) -> Difference | None:
    """Compare rows by their key; where the key is missing or occurs twice, as whole rows.

    Args:
        left: Rows of the columns that both sides have.
        right: The same columns, in any order.
        key: The columns that identify a row.
        tolerance: Numbers that differ by no more than this share of the larger one are equal.

    Returns:
        None if no row differs.
    """
    columns = sorted(left.column_names)
    left, right = left.select(columns), right.select(columns)
    if left.schema.types == right.schema.types and digest(left) == digest(right):
        return None
    key = [name for name in key if name in columns]
    if not (
        key and all(side.group_by(key).aggregate([]).num_rows == side.num_rows for side in (left, right))
    ):
        key = columns
    ours, theirs = _by_key(left, key), _by_key(right, key)
    found = Difference([left.num_rows, right.num_rows])
    for side, only in (("left", ours.keys() - theirs.keys()), ("right", theirs.keys() - ours.keys())):
        found.counts += Counter({f"{{}} only {side}": len(only)})
        found.examples += [f"only {side}: {_text(row)}" for row, _ in sorted(only, key=str)[:_EXAMPLES]]
    changed = values_by_key(
        (column, f"{_text(name[0])}: {column} {a!r} left, {b!r} right")
        for name in ours.keys() & theirs.keys()
        for column, a, b in zip(columns, ours[name], theirs[name], strict=True)
        if not _is_equal(a, b, tolerance)
    )
    found.counts.update({f"{column} differs in {{}}": len(rows) for column, rows in sorted(changed.items())})
    found.examples += [rows[0] for rows in changed.values()]
    return found if found.examples else None


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
