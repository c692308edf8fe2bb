"""How two versions of a table's rows differ: rows that only one of them has, and values that changed."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ees_analytics.contracts.digest import digest

Row = tuple[Any, ...]

_EXAMPLES = 3


@dataclass(frozen=True)
class Difference:
    """What differs on one day.

    Attributes:
        left_rows: Rows on the left.
        right_rows: Rows on the right.
        only_left: Rows that only the left has.
        only_right: Rows that only the right has.
        changed: Column to the number of rows that both have, with another value in that column.
        examples: A few of them, as text.
    """

    left_rows: int
    right_rows: int
    only_left: int = 0
    only_right: int = 0
    changed: Mapping[str, int] = field(default_factory=dict)
    examples: Sequence[str] = ()


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
        None if nothing differs.
    """
    columns = sorted(left.column_names)
    left, right = left.select(columns), right.select(columns)
    if left.schema.types == right.schema.types and digest(left) == digest(right):
        return None
    key = [name for name in key if name in columns]
    if not (key and _is_unique(left, key) and _is_unique(right, key)):
        key = columns
    ours, theirs = _by_key(left, key), _by_key(right, key)
    only_left, only_right = ours.keys() - theirs.keys(), theirs.keys() - ours.keys()
    examples = [*_named("only left", only_left), *_named("only right", only_right)]
    changed: Counter[str] = Counter()
    for name in ours.keys() & theirs.keys():
        for column, a, b in zip(columns, ours[name], theirs[name], strict=True):
            if not _is_equal(a, b, tolerance):
                changed[column] += 1
                if changed[column] == 1:
                    examples.append(f"{_text(name[0])}: {column} {a!r} left, {b!r} right")
    if not (only_left or only_right or changed):
        return None
    counts = (left.num_rows, right.num_rows, len(only_left), len(only_right))
    return Difference(*counts, dict(sorted(changed.items())), examples)


def _is_unique(rows: pa.Table, key: Sequence[str]) -> bool:
    return bool(rows.group_by(key).aggregate([]).num_rows == rows.num_rows)


def _by_key(rows: pa.Table, key: Sequence[str]) -> dict[tuple[Row, int], Row]:
    """Rows by key and, for equal keys, by the number of earlier ones."""
    earlier: Counter[Row] = Counter()
    found = {}
    for name, row in zip(_rows(rows.select(key)), _rows(rows), strict=True):
        found[name, earlier[name]] = row
        earlier[name] += 1
    return found


def _rows(rows: pa.Table) -> list[Row]:
    return list(
        zip(*([_plain(value) for value in column.to_pylist()] for column in rows.columns), strict=True)
    )


def _plain(value: Any) -> Any:
    """A value that equals others of the same meaning: timestamps without a zone are UTC, NaN equals itself."""
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value.replace(tzinfo=dt.UTC)
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def _is_equal(left: Any, right: Any, tolerance: float) -> bool:
    if left == right:
        return True
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    return numbers and math.isclose(left, right, rel_tol=tolerance)


def _named(what: str, keys: Iterable[tuple[Row, int]]) -> list[str]:
    return [f"{what}: {_text(row)}" for row, _ in sorted(keys, key=str)[:_EXAMPLES]]


def _text(row: Row) -> str:
    return " | ".join(str(value) for value in row)
