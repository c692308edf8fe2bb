"""The checks of a contract, each on the rows of one write, as Arrow.

A check returns a sentence per fault, with the first such rows; an empty list means that the rows pass.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts.contract import Column

_SHOWN = 3
"""How many offending rows a message shows."""


def null_failures(rows: pa.Table, columns: Sequence[str]) -> list[str]:
    """Columns that hold a null."""
    found = []
    for name in columns:
        if count := rows[name].null_count:
            examples = rows.filter(pc.is_null(rows[name])).slice(0, _SHOWN).to_pylist()
            found.append(f"{count} null(s) in {name}, for example {examples}")
    return found


def minimum_failures(rows: pa.Table, columns: Sequence[Column]) -> list[str]:
    """Columns that hold a number below their minimum, infinity or NaN; nulls pass."""
    found = []
    for column in columns:
        if column.minimum is None:
            continue
        values = rows[column.name]
        within = pc.and_(pc.greater_equal(values, column.minimum), pc.is_finite(values))
        wrong = rows.filter(pc.invert(pc.fill_null(within, True)))
        if wrong.num_rows:
            examples = wrong.slice(0, _SHOWN).to_pylist()
            found.append(
                f"{wrong.num_rows} value(s) of {column.name} below {column.minimum:g} or not finite, "
                f"for example {examples}"
            )
    return found


def duplicate_failures(rows: pa.Table, key: Sequence[str]) -> list[str]:
    """Keys that occur more than once."""
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
    """True where no two rows share a key, False where some do or it cannot be decided in 64 bits.

    Numbers each key by the positions of its values: with dictionary-encoded texts 3 times faster than to group.
    """
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
    """Each row's position of its value among the distinct ones, nulls last, and the number of positions."""
    encoded = column.dictionary_encode().unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    null = len(encoded.dictionary)
    return np.asarray(encoded.indices.fill_null(null)), null + 1


def value_failures(rows: pa.Table, columns: Sequence[Column]) -> list[str]:
    """Columns that hold a value that their contract does not list; nulls pass."""
    found = []
    for column in columns:
        wrong = (
            set(pc.unique(rows[column.name]).to_pylist()) - {*column.one_of, None} if column.one_of else ()
        )
        if wrong:
            found.append(f"{column.name} holds {sorted(wrong)}, allowed are {list(column.one_of)}")
    return found
