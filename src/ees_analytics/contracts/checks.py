"""The checks that contracts are made of. Each looks at the rows of one write, as Arrow, in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_SHOWN = 3
"""How many offending rows a message shows."""


def null_failures(rows: pa.Table, columns: Sequence[str]) -> list[str]:
    """Name the columns that hold a null where none may be, with the first such rows."""
    found = []
    for name in columns:
        if count := rows[name].null_count:
            examples = rows.filter(pc.is_null(rows[name])).slice(0, _SHOWN).to_pylist()
            found.append(f"{count} null(s) in {name}, for example {examples}")
    return found


def duplicate_failures(rows: pa.Table, key: Sequence[str]) -> list[str]:
    """Name the keys that occur more than once."""
    if not key or rows.num_rows < 2 or _all_differ(rows, key):
        return []
    counted = (
        rows.select(list(key))
        .unify_dictionaries()
        .group_by(list(key), use_threads=True)
        .aggregate([([], "count_all")])
    )
    if counted.num_rows == rows.num_rows:
        return []
    repeated = counted.filter(pc.greater(counted["count_all"], 1))
    examples = repeated.slice(0, _SHOWN).to_pylist()
    return [f"{repeated.num_rows} key(s) {list(key)} occur more than once, for example {examples}"]


def _all_differ(rows: pa.Table, key: Sequence[str]) -> bool:
    """True where no two rows have one key. Each key becomes a number; False also where there are too many numbers."""
    numbers, size = np.zeros(rows.num_rows, dtype=np.uint64), 1
    for name in key:
        positions, distinct = _positions(rows[name])
        size *= distinct
        if size >= 2**64:
            return False
        numbers = numbers * np.uint64(distinct) + positions.astype(np.uint64)
    numbers.sort()
    return bool((numbers[1:] != numbers[:-1]).all())


def _positions(column: pa.ChunkedArray) -> tuple[np.ndarray, int]:
    """For each row the position of its value among the distinct ones, a null being the last; and how many there are."""
    encoded = column.dictionary_encode().unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    null = len(encoded.dictionary)
    return np.asarray(encoded.indices.fill_null(null)), null + 1


@dataclass(frozen=True)
class NotNegative:
    """No number in these columns is below zero or not a number; nulls are another check's matter."""

    columns: Sequence[str]

    def failures(self, rows: pa.Table) -> list[str]:
        """Say which columns hold a negative number or NaN, with the first such rows."""
        found = []
        for name in self.columns:
            good = pc.fill_null(pc.greater_equal(rows[name], 0), True)
            bad = rows.filter(pc.invert(good))
            if bad.num_rows:
                examples = bad.slice(0, _SHOWN).to_pylist()
                found.append(
                    f"{bad.num_rows} value(s) of {name} below 0 or not a number, for example {examples}"
                )
        return found


@dataclass(frozen=True)
class OneOf:
    """A column holds only these values (nulls aside)."""

    column: str
    values: Sequence[Any]

    def failures(self, rows: pa.Table) -> list[str]:
        """Name the values that are not allowed."""
        found = set(pc.unique(rows[self.column]).to_pylist()) - {*self.values, None}
        return [f"{self.column} holds {sorted(found)}, allowed are {list(self.values)}"] if found else []


@dataclass(frozen=True)
class ExactRows:
    """The whole table has this many rows (for tables that are replaced whole)."""

    count: int

    def failures(self, rows: pa.Table) -> list[str]:
        """Say how many rows there are instead."""
        return [] if rows.num_rows == self.count else [f"{rows.num_rows} row(s), expected {self.count}"]
