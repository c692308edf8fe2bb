"""What a new version of a table changed: rows added, removed and changed, by day and column."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any, Self

import numpy as np
import pyarrow as pa

from ees_analytics.contracts.digest import row_hashes

_KEPT_DAYS = 30


@dataclass
class RowCounts:
    """Rows that a new version added, removed and changed."""

    added: int = 0
    removed: int = 0
    changed: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(
            *(ours + theirs for ours, theirs in zip(astuple(self), astuple(other), strict=True))
        )


@dataclass
class TableChanges:
    """What a new version changed.

    Attributes:
        total: The counts of all days.
        day_count: The number of days with any change; 0 for a table without days.
        days: The newest 30 of these days (ISO), the newest first, with their counts.
        columns: Column to the number of changed rows in which it differs, the most first.
        is_net: True for a large table, which has only how many rows more or fewer each day has.
    """

    total: RowCounts = field(default_factory=RowCounts)
    day_count: int = 0
    days: dict[str, RowCounts] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    is_net: bool = False


def changes_between(
    before: pa.Table, after: pa.Table, key: Sequence[str], day_column: str | None
) -> TableChanges:
    """Compare two versions of a table.

    Rows with the same key are one row, which may have changed. Where the key is missing or occurs twice, only whole
    rows are compared: a changed row is one removed and one added. A column that only one version has is not compared.

    Args:
        before: Rows of the earlier version, in any order.
        after: Rows of the new version.
        key: The columns that identify a row; may be empty.
        day_column: The column with the day.
    """
    names = [name for name in after.column_names if name in before.column_names]
    key = [name for name in key if name in names]
    before, after = before.select(names), after.select(names)
    old, new = _identities(before, key), _identities(after, key)
    if not key or _repeat(old) or _repeat(new):
        key = names
        old, new = (_numbered(_identities(rows, names)) for rows in (before, after))
    _, in_old, in_new = np.intersect1d(old, new, assume_unique=True, return_indices=True)
    differs = {
        name: row_hashes(before, [name])[0][in_old] != row_hashes(after, [name])[0][in_new]
        for name in names
        if name not in key
    }
    changed = in_new[np.logical_or.reduce([*differs.values()])] if differs else in_new[:0]
    parts = {
        "added": (after, _others(new, in_new)),
        "removed": (before, _others(old, in_old)),
        "changed": (after, changed),
    }
    counted = {name: _by_day(rows, places, day_column) for name, (rows, places) in parts.items()}
    columns = Counter({name: int(found.sum()) for name, found in differs.items() if found.any()})
    return _summary(counted, columns=dict(columns.most_common()))


def net_changes(before: Mapping[str, int], after: Mapping[str, int]) -> TableChanges:
    """How many rows more or fewer each day has, of a table that is too large to compare.

    Args:
        before: Day to the rows of the earlier version.
        after: Day to the rows of the new version.
    """
    more = Counter({day or "": rows for day, rows in after.items()})
    more.subtract({day or "": rows for day, rows in before.items()})
    counted = {"added": +more, "removed": -more}
    return _summary(counted, is_net=True)


def _summary(counted: Mapping[str, Mapping[str, int]], **more: Any) -> TableChanges:
    """Kind of change to the rows of each day; the empty day stands for rows without one."""
    days = sorted({day for found in counted.values() for day in found}, reverse=True)
    each = {day: RowCounts(**{kind: found.get(day, 0) for kind, found in counted.items()}) for day in days}
    newest = {day: each[day] for day in days[:_KEPT_DAYS] if day}
    return TableChanges(sum(each.values(), RowCounts()), sum(map(bool, days)), newest, **more)


def _identities(rows: pa.Table, names: Sequence[str]) -> np.ndarray:
    """A number for each row: rows with the same values in these columns have the same."""
    return row_hashes(rows, names)[0]


def _repeat(identities: np.ndarray) -> bool:
    return len(np.unique(identities)) < len(identities)


def _numbered(identities: np.ndarray) -> np.ndarray:
    """Identities that do not repeat: each is combined with the number of earlier equal ones."""
    order = np.argsort(identities, kind="stable")
    ordered = identities[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.array([], int)
    lengths = np.diff(np.r_[starts, len(ordered)])
    earlier = np.empty(len(ordered), np.uint64)
    earlier[order] = np.arange(len(ordered), dtype=np.uint64) - np.repeat(starts, lengths).astype(np.uint64)
    with np.errstate(over="ignore"):
        return np.asarray(identities + earlier * np.uint64(0x9E3779B97F4A7C15))


def _others(identities: np.ndarray, places: np.ndarray) -> np.ndarray:
    return np.setdiff1d(np.arange(len(identities)), places, assume_unique=True)


def _by_day(rows: pa.Table, places: np.ndarray, day_column: str | None) -> dict[str, int]:
    if not len(places):
        return {}
    if day_column is None or day_column not in rows.column_names:
        return {"": len(places)}
    counts = rows[day_column].take(pa.array(places)).value_counts()
    return {_day(found["values"]): found["counts"] for found in counts.to_pylist()}


def _day(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")
