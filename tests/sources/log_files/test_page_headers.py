"""The size of each page as its own header states it, in every form that a writer gives it; and pages that lie."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ees_analytics.parameters.logs import LogFileLimits
from ees_analytics.sources.log_files.page_headers import unpacked_sizes
from ees_analytics.sources.log_files.parquet import TooLarge, read_parquet


def header(unpacked: int, packed: int, values: int, more: bytes = b"") -> bytes:
    """A page header as writers write it: type, sizes, and the header of a data page; with further fields before its end."""
    fields = [
        b"".join(b"\x15" + varint(2 * number) for number in numbers)
        for numbers in ((0, unpacked, packed), (values, 0, 3, 3))
    ]
    return fields[0] + b"\x2c" + fields[1] + b"\0" + more + b"\0"  # fmt: skip


def varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def sizes(path: Path) -> list[tuple[int, int]]:
    """Of each column chunk the pages' sizes together, and what the footer states (with the headers)."""
    data, footer = path.read_bytes(), pq.read_metadata(path)
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    chunks = [group.column(number) for group in groups for number in range(footer.num_columns)]
    return [
        (sum(size for size, is_stated in unpacked_sizes(data, chunk) if is_stated), chunk.total_uncompressed_size)
        for chunk in chunks
    ]  # fmt: skip


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("rich", [True, False])
def test_the_sizes_of_an_honest_file_are_those_of_its_footer(tmp_path, codec, version, rich):
    texts = [None if number % 7 == 0 else f"text {number}" for number in range(9000)]
    pq.write_table(
        pa.table({"text": texts, "number": range(9000)}), tmp_path / "f.parquet", compression=codec,
        data_page_version=version, use_dictionary=rich, write_statistics=rich, write_page_checksum=rich,
        data_page_size=4000, row_group_size=4000,
    )  # fmt: skip
    found = sizes(tmp_path / "f.parquet")
    assert len(found) == 6
    for in_pages, in_footer in found:
        assert 0.8 * in_footer < in_pages <= in_footer
    assert read_parquet(str(tmp_path / "f.parquet"), LogFileLimits()).num_rows == 9000


def test_a_file_without_rows_is_read(tmp_path):
    """Its row group has no pages."""
    for compression in ("none", "zstd"):
        table = pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.int64())})
        pq.write_table(table, tmp_path / "f.parquet", compression=compression)
        assert read_parquet(str(tmp_path / "f.parquet"), LogFileLimits()).equals(table)


def with_page(path: Path, page: bytes) -> None:
    """A file of one column of random bytes, whose first page is replaced."""
    schema = pa.schema([pa.field("x", pa.binary(), nullable=False)])
    table = pa.table({"x": [os.urandom(400) for _ in range(100)]}, schema=schema)
    pq.write_table(table, path, compression="zstd", use_dictionary=False, write_statistics=False)
    start = pq.read_metadata(path).row_group(0).column(0).data_page_offset
    content = bytearray(path.read_bytes())
    content[start : start + len(page)] = page
    path.write_bytes(content)


def test_a_page_that_unpacks_to_more_than_the_footer_states_is_refused(tmp_path):
    """The reader makes room for what the page's header states: 1 GB for 30 kB."""
    packed = pa.compress(b"\0" * 50_000_000, codec="zstd", asbytes=True)
    path = tmp_path / "f.parquet"
    with_page(path, header(50_000_000, len(packed), 100) + packed)
    before = pa.default_memory_pool().max_memory()
    with pytest.raises(TooLarge, match="bytes in its pages"):
        read_parquet(str(path), LogFileLimits(max_bytes=1_000_000))
    assert pa.default_memory_pool().max_memory() < before + 10_000_000


@pytest.mark.parametrize(
    "page",
    [
        b"\0", b"\xff" * 40, b"\x15" + b"\xff" * 40, b"\x3c" * 2000, b"\x19", b"\x15\x00\x15\x01\x15\x00\x00",
        header(2**31, 5, 1), header(5, 2**31, 1), b"\x15\x00\x15\x02\x00", header(5, 5, 1, b"\x17"),
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_read_is_refused(tmp_path, page):
    with_page(tmp_path / "f.parquet", page)
    with pytest.raises((ValueError, pa.ArrowException, OSError)):
        read_parquet(str(tmp_path / "f.parquet"), LogFileLimits())


def test_more_pages_than_rows_are_refused(tmp_path):
    with_page(tmp_path / "f.parquet", header(0, 0, 0) * 1000)
    with pytest.raises(TooLarge, match="pages"):
        read_parquet(str(tmp_path / "f.parquet"), LogFileLimits(max_rows=500))


def test_what_follows_a_column_is_looked_at_too():
    """Readers look for the last page of old writers in the 100 bytes after the column."""
    first, hidden = header(3, 3, 1) + b"abc", header(7, 4, 1) + b"hide"
    column = SimpleNamespace(
        num_values=1, data_page_offset=4, has_dictionary_page=False, dictionary_page_offset=None, total_compressed_size=len(first)
    )  # fmt: skip
    data = b"PAR1" + first + hidden + b"\xff" * 50
    assert list(unpacked_sizes(data, column)) == [(3, True), (7, False)]
