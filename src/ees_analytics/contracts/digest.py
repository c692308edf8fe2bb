"""A fingerprint of rows that does not depend on their order, their engine or their file."""

import hashlib

import numpy as np
import pyarrow as pa

from ees_analytics.contracts.casting import is_text

_SEEDS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_NULL = np.uint64(0xA5A5A5A5DEADBEEF)


def digest(rows: pa.Table) -> str:
    """Fingerprint the rows as a multiset: 32 hexadecimal digits.

    Equal digests mean the same rows the same number of times, with columns of the same names and types (in any
    order; a dictionary-encoded column has the type of its values). It detects damage and change, not tampering.
    """
    names = sorted(rows.column_names)
    count = rows.num_rows
    sums = [_text_hash(f"{count}|" + "|".join(f"{n}:{_type(rows[n])}" for n in names))] * 2
    columns = [_column_hash(rows[name]) for name in names]
    with np.errstate(over="ignore"):
        for position, seed in enumerate(_SEEDS):
            row = np.full(count, seed, dtype=np.uint64)
            for values in columns:
                row = _mix(row * np.uint64(31) + (values ^ seed))
            sums[position] = (sums[position] + int(row.sum(dtype=np.uint64))) % 2**64
    return "".join(f"{part:016x}" for part in sums)


def _type(column: pa.ChunkedArray) -> pa.DataType:
    return column.type.value_type if pa.types.is_dictionary(column.type) else column.type


def _text_hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _mix(values: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64: every input bit changes every output bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _column_hash(column: pa.ChunkedArray) -> np.ndarray:
    values = column.unify_dictionaries().combine_chunks()
    hashed = _string_hash(values) if is_text(values.type) else _number_hash(values)
    return np.where(np.asarray(values.is_valid()), hashed, _NULL)


def _string_hash(values: pa.Array) -> np.ndarray:
    encoded = values.dictionary_encode()
    distinct = np.array([_text_hash(text) for text in encoded.dictionary.to_pylist()] or [0], dtype=np.uint64)
    return distinct[np.asarray(encoded.indices.fill_null(0))]


def _number_hash(values: pa.Array) -> np.ndarray:
    if pa.types.is_floating(values.type):
        numbers = np.asarray(values.fill_null(0.0)).astype(np.float64) + 0.0  # -0.0 becomes 0.0
    else:
        whole = values.cast(pa.int32()) if pa.types.is_date32(values.type) else values
        numbers = np.asarray(whole.cast(pa.int64()).fill_null(0))
    return _mix(numbers.view(np.uint64))
