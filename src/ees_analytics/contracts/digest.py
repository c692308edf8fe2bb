"""A fingerprint of rows that does not depend on their order, their engine or their file."""

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts.casting import is_text

_SEEDS = np.array([[0x9E3779B97F4A7C15], [0xC2B2AE3D27D4EB4F]], np.uint64)
_NULL = np.uint64(0xA5A5A5A5DEADBEEF)
_SHA = "sha256-"
FAST = "sum2-"
"""The prefix of the fast sum: it shows whether a table changed, and does not withstand rows that are made to match."""
_BLOCK = 32_768
"""Rows that are hashed at a time, so that what is computed between stays in the processor's cache."""
_SMALL = 50_000
_IN_TURN = threading.Lock()
"""Tables of fewer rows are hashed one at a time: threads that alternate at each short call of Arrow take three times the
processor time."""
_SHA_DIGITS = 40
"""160 bits: the name of a landing file has a digest, and file systems bound names."""


def digest(rows: pa.Table, like: str | None = None) -> str:
    """Fingerprint the rows as a multiset: the algorithm's name, and hexadecimal digits of SHA-256 over all values.

    Equal digests mean the same rows the same number of times, with columns of the same names and types (in any
    order; a dictionary-encoded column has the type of its values).

    Args:
        rows: Rows in any order.
        like: A digest to compare with: its algorithm is used. ``FAST`` requests the fast sum. A digest without a name
            is of release 0.1.0: a fast sum in which a null equals a certain number.
    """
    with _IN_TURN if rows.num_rows < _SMALL else nullcontext():
        if like is None or like.startswith(_SHA):
            return _sha_digest(rows)
        return f"{FAST}{_sum_digest(rows, nulls_apart=True)}" if like.startswith(FAST) else _sum_digest(rows)


def matches(rows: pa.Table, recorded: str, known: str | None = None) -> bool:
    """Whether the rows have this digest, by its own algorithm; a ``known`` digest of the rows is not computed again."""
    if known is None or not same_algorithm(known, recorded):
        known = digest(rows, recorded)
    return known == recorded


def same_algorithm(one: str, other: str) -> bool:
    """Whether two digests can be compared."""
    return one.rpartition("-")[0] == other.rpartition("-")[0]


def _sha_digest(rows: pa.Table) -> str:
    """SHA-256 over the columns, of rows in the order of their hashes; of all values where hashes repeat."""
    names = sorted(rows.column_names)
    columns = [_plain(rows[name]) for name in names]
    first, second = row_hashes(rows, names)
    order = np.lexsort((second, first))
    if _repeats(first[order], second[order]):
        keys = [(str(place), "ascending") for place in range(len(columns))]
        plain = pa.table(columns, names=[key for key, _ in keys])
        order = np.asarray(pc.sort_indices(plain, sort_keys=keys)) if keys else order
    found = hashlib.sha256(_head(rows, names).encode())
    for column in columns:
        for part in _bytes_of(column.take(pa.array(order))):
            found.update(len(part).to_bytes(8, "little"))
            found.update(part)
    return f"{_SHA}{found.hexdigest()[:_SHA_DIGITS]}"


def _repeats(first: np.ndarray, second: np.ndarray) -> bool:
    return bool(((first[1:] == first[:-1]) & (second[1:] == second[:-1])).any())


def _plain(column: pa.ChunkedArray) -> pa.Array:
    """Texts without encoding, or numbers of eight bytes, each value in one form only."""
    if is_text(column.type):
        return pa.concat_arrays([pa.array([], pa.large_string()), *column.cast(pa.large_string()).chunks])
    if pa.types.is_floating(column.type):
        numbers = pc.add(column.cast(pa.float64()), 0.0)  # -0.0 becomes 0.0
        return pa.concat_arrays([pa.array([], pa.float64()), *numbers.chunks])
    whole = column.cast(pa.int32()) if pa.types.is_date32(column.type) else column
    return pa.concat_arrays([pa.array([], pa.int64()), *whole.cast(pa.int64()).chunks])


def _bytes_of(values: pa.Array) -> Iterator[memoryview]:
    """Which values are null; the lengths of texts; the values."""
    yield memoryview(np.packbits(np.asarray(values.is_valid())).tobytes())
    if pa.types.is_large_string(values.type):
        texts = pa.concat_arrays([values.fill_null("")])
        lengths = np.asarray(pc.binary_length(texts), dtype=np.int64)
        yield memoryview(lengths.tobytes())
        start = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset] if len(texts) else 0
        yield memoryview(texts.buffers()[2] or b"")[start : start + int(lengths.sum())]
    else:
        yield memoryview(np.asarray(values.fill_null(0)).tobytes())


def _head(rows: pa.Table, names: Sequence[str]) -> str:
    return head(rows.num_rows, {name: _type(rows[name]) for name in names})


def head(num_rows: int, types: Mapping[str, pa.DataType]) -> str:
    """What a digest has of a table besides its values: the number of rows, and each column's name and type."""
    return f"{num_rows}|" + "|".join(f"{name}:{types[name]}" for name in sorted(types))


def row_hashes(rows: pa.Table, names: Sequence[str], nulls_apart: bool = True) -> np.ndarray:
    """For each of two seeds a hash of every row: equal for rows with the same values in these columns."""
    empty = np.empty((len(_SEEDS), 0), np.uint64)
    return np.concatenate([empty, *_hashes_by_block(rows, names, nulls_apart)], axis=1)


def _hashes_by_block(rows: pa.Table, names: Sequence[str], nulls_apart: bool) -> Iterator[np.ndarray]:
    columns = [_HashedColumn.of(rows[name]) for name in names]
    for start in range(0, rows.num_rows, _BLOCK):
        block = slice(start, min(start + _BLOCK, rows.num_rows))
        hashes = np.repeat(_SEEDS, block.stop - start, axis=1)
        for column in columns:
            values, is_valid = column.hashes(block)
            hashes = _mix(hashes * np.uint64(31) + (values ^ _SEEDS))
            if nulls_apart and is_valid is not None:
                hashes = np.where(is_valid, hashes, _mix(hashes ^ _NULL))
        yield hashes


def _sum_digest(rows: pa.Table, nulls_apart: bool = False) -> str:
    return digest_of_sums(_head(rows, sorted(rows.column_names)), sums(rows, nulls_apart))


def sums(rows: pa.Table, nulls_apart: bool = True) -> list[int]:
    """The sums of the hashes of all rows, for ``digest_of_sums``: those of parts of a table can be added up."""
    total = np.zeros(len(_SEEDS), np.uint64)
    for hashes in _hashes_by_block(rows, sorted(rows.column_names), nulls_apart):
        total += hashes.sum(axis=1)
    return [int(part) for part in total]


def digest_of_sums(head: str, found: Iterable[int]) -> str:
    """The digits of a fast sum."""
    start = _text_hash(head)
    return "".join(f"{(start + part) % 2**64:016x}" for part in found)


def _type(column: pa.ChunkedArray) -> pa.DataType:
    return column.type.value_type if pa.types.is_dictionary(column.type) else column.type


def _text_hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _mix(values: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64: every input bit changes every output bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@dataclass(frozen=True)
class _HashedColumn:
    """A column whose distinct texts are hashed already: each value is the position of its text, or a number."""

    values: np.ndarray
    is_valid: np.ndarray | None
    texts: np.ndarray | None

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Self:
        values = column.unify_dictionaries().combine_chunks()
        is_valid = np.asarray(values.is_valid()) if values.null_count else None
        if not is_text(values.type):
            return cls(_numbers(values), is_valid, None)
        encoded = values.dictionary_encode()
        hashes = [*map(_text_hash, encoded.dictionary.to_pylist())] or [0]
        return cls(np.asarray(encoded.indices.fill_null(0)), is_valid, np.array(hashes, np.uint64))

    def hashes(self, block: slice) -> tuple[np.ndarray, np.ndarray | None]:
        """The hashes of a block of rows, and which of them are not null; None where all are."""
        values = self.values[block]
        hashes = _mix(values.view(np.uint64)) if self.texts is None else self.texts[values]
        if self.is_valid is None:
            return hashes, None
        return np.where(self.is_valid[block], hashes, _NULL), self.is_valid[block]


def _numbers(values: pa.Array) -> np.ndarray:
    if pa.types.is_floating(values.type):
        return np.asarray(values.fill_null(0.0)).astype(np.float64) + 0.0  # -0.0 becomes 0.0
    whole = values.cast(pa.int32()) if pa.types.is_date32(values.type) else values
    return np.asarray(whole.cast(pa.int64()).fill_null(0))
