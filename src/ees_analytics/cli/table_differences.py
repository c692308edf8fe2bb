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
        examples: A few of them in words.
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
    """Compare rows by their key; where a key is missing or occurs twice, as whole rows.

    Args:
        left: Rows of the columns that both sides have.
        right: The same columns, in any order.
        key: The columns that tell rows apart.
        tolerance: Numbers that differ by no more than this share of the larger one are equal.

    Returns:
        None where nothing differs.
    """
    columns = sorted(left.column_names)
    left, right = left.select(columns), right.select(columns)
    if left.schema.types == right.schema.types and digest(left) == digest(right):
        return None
    known = [name for name in key if name in columns]
    ours, theirs = _by_key(left, known), _by_key(right, known)
    if not known or len(ours) < left.num_rows or len(theirs) < right.num_rows:
        return _difference_of_rows(left, right)
    return _difference_by_key(ours, theirs, columns, tolerance)


def _difference_by_key(
    left: Mapping[Row, Row], right: Mapping[Row, Row], columns: Sequence[str], tolerance: float
) -> Difference | None:
    only_left, only_right = left.keys() - right.keys(), right.keys() - left.keys()
    changed: Counter[str] = Counter()
    examples = [*_named("only left", only_left), *_named("only right", only_right)]
    for key in left.keys() & right.keys():
        for column, ours, theirs in zip(columns, left[key], right[key], strict=True):
            if not _is_equal(ours, theirs, tolerance):
                changed[column] += 1
                if changed[column] == 1:
                    examples.append(f"{_text(key)}: {column} {ours!r} left, {theirs!r} right")
    if not (only_left or only_right or changed):
        return None
    return Difference(
        len(left), len(right), len(only_left), len(only_right), dict(sorted(changed.items())), examples
    )


def _difference_of_rows(left: pa.Table, right: pa.Table) -> Difference | None:
    ours, theirs = Counter(_rows(left)), Counter(_rows(right))
    only_left, only_right = ours - theirs, theirs - ours
    if not only_left and not only_right:
        return None
    return Difference(
        left.num_rows,
        right.num_rows,
        only_left.total(),
        only_right.total(),
        examples=[*_named("only left", only_left), *_named("only right", only_right)],
    )


def _by_key(rows: pa.Table, key: Sequence[str]) -> dict[Row, Row]:
    return dict(zip(_rows(rows.select(list(key))), _rows(rows), strict=True)) if key else {}


def _rows(rows: pa.Table) -> list[Row]:
    return list(
        zip(*([_plain(value) for value in column.to_pylist()] for column in rows.columns), strict=True)
    )


def _plain(value: Any) -> Any:
    """A value that equals what means the same: timestamps without a zone are UTC, NaN equals itself."""
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value.replace(tzinfo=dt.UTC)
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def _is_equal(left: Any, right: Any, tolerance: float) -> bool:
    if left == right:
        return True
    numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
    return numbers and math.isclose(left, right, rel_tol=tolerance)


def _named(what: str, rows: Iterable[Row]) -> list[str]:
    return [f"{what}: {_text(row)}" for row in sorted(rows, key=str)[:_EXAMPLES]]


def _text(row: Row) -> str:
    return " | ".join(str(value) for value in row)
