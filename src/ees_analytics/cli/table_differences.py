"""How two versions of a table's rows differ: rows that only one of them has, and values that changed."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ees_analytics.console.text import values_by_key
from ees_analytics.contracts.digest import digest

Row = tuple[Any, ...]

_EXAMPLES = 3


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
