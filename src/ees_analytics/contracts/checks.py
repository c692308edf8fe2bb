"""The checks of a contract, each on the rows of one write, as Arrow.

A check returns a sentence per fault, with the first such rows; an empty list means that the rows pass.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts.contract import Column, TableContract

SHOWN = 3
"""How many offending rows a message shows."""


def value_failures(rows: pa.Table, columns: Sequence[Column]) -> list[str]:
    """Columns that hold a forbidden null, a number below their minimum, infinity or NaN, or a value not listed."""
    found = []
    for column in columns:
        values = rows[column.name]
        if values.null_count and not column.nullable:
            found += _failures(rows, pc.is_null(values), null_fault(column))
        if column.minimum is not None:
            within = pc.and_(pc.greater_equal(values, column.minimum), pc.is_finite(values))
            fault = number_fault(column.name, column.minimum)
            found += _failures(rows, pc.invert(pc.fill_null(within, True)), fault)
        elif pa.types.is_floating(values.type):
            found += _not_finite(rows, column.name)
        if column.one_of:
            found += unlisted_failures(column, pc.unique(values).to_pylist())
    return found


def null_fault(column: Column) -> str:
    """What is wrong with a null."""
    return f"null(s) in {column.name}"


def number_fault(name: str, minimum: float | None = None) -> str:
    """What is wrong with a number outside its range."""
    below = "" if minimum is None else f"below {minimum:g} or "
    return f"value(s) of {name} {below}not finite"


def key_fault(key: Sequence[str]) -> str:
    """What is wrong with a key that occurs again."""
    return f"key(s) {list(key)} occur more than once"


def row_count_failures(num_rows: int, contract: TableContract) -> list[str]:
    """A sentence where the table does not have the number of rows that it always has."""
    expected = contract.row_count
    return [] if expected in (None, num_rows) else [f"{num_rows} row(s), expected {expected}"]


def unlisted_failures(column: Column, values: Iterable[str | None]) -> list[str]:
    """A sentence where values are not among those that the column may have."""
    unknown = {value for value in values if value is not None} - {*column.one_of}
    return [f"{column.name} holds {sorted(unknown)}, allowed are {list(column.one_of)}"] if unknown else []


def finite_failures(rows: pa.Table) -> list[str]:
    """Columns that hold infinity or NaN."""
    numbers = [field.name for field in rows.schema if pa.types.is_floating(field.type)]
    return [failure for name in numbers for failure in _not_finite(rows, name)]


def _not_finite(rows: pa.Table, name: str) -> list[str]:
    is_finite = pc.fill_null(pc.is_finite(rows[name]), True)
    return _failures(rows, pc.invert(is_finite), number_fault(name))


def duplicate_failures(rows: pa.Table, key: Sequence[str]) -> list[str]:
    """Keys that occur more than once."""
    if not key or rows.num_rows < 2 or _all_differ(rows, key):
        return []
    counted = rows.select(list(key)).unify_dictionaries().group_by(list(key)).aggregate([([], "count_all")])
    repeated = pc.greater(counted["count_all"], 1)
    return _failures(counted, repeated, key_fault(key))


def _failures(rows: pa.Table, is_wrong: pa.ChunkedArray, fault: str) -> list[str]:
    wrong = rows.filter(is_wrong)
    return [failure(wrong.num_rows, fault, wrong.slice(0, SHOWN))] if wrong.num_rows else []


def failure(count: int, fault: str, first: pa.Table) -> str:
    """The sentence for a number of wrong rows, of which these are the first."""
    examples = [
        {name: str(value) if isinstance(value, dt.date) else value for name, value in row.items()}
        for row in first.to_pylist()
    ]
    return f"{count} {fault}, for example {examples}"


def _all_differ(rows: pa.Table, key: Sequence[str]) -> bool:
    """True where no two rows share a key, False where some do or it cannot be decided in 64 bits.

    Numbers each key by the positions of its values: with dictionary-encoded texts 3 times faster than to group.
    """
    numbers, size = np.zeros(rows.num_rows, dtype=np.uint64), 1
    for name in key:
        encoded = rows[name].dictionary_encode().unify_dictionaries().combine_chunks()
        null = len(encoded.dictionary)
        size *= null + 1
        if size >= 2**64:
            return False
        positions = np.asarray(encoded.indices.fill_null(null)).astype(np.uint64)
        numbers = numbers * np.uint64(null + 1) + positions
    numbers.sort()
    return bool((numbers[1:] != numbers[:-1]).all())
