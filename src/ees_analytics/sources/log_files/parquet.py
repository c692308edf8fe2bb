"""Reading a parquet file from outside, within limits: its footer and page headers are checked first, then row group after row group."""

import inspect
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ees_analytics.contracts.casting import decoded
from ees_analytics.parameters.logs import LogFileLimits
from ees_analytics.sources.log_files.page_headers import unpacked_sizes

_OPTIONS = {"page_checksum_verification": True, "arrow_extensions_enabled": False}
"""Versions of pyarrow that lack one of them know no extension types."""
_TEXT = "BYTE_ARRAY"
_MAX_FIXED_BYTES = 16
"""Of a value of fixed length: a UUID has this many."""


class TooLarge(ValueError):
    """The file has more than it may have; the message says what, without the file's name."""


def read_parquet(path: str, limits: LogFileLimits) -> pa.Table:
    """The rows, in the types as which the file's columns are stored: UUID is binary, JSON is text.

    Texts are read encoded, because a text that is repeated a million times takes a few bytes in a file. They are decoded
    when their size is known.

    Raises:
        TooLarge: The file exceeds the limits.
        OSError: It cannot be read; so with ``ValueError`` and ``pa.ArrowException``.
    """
    _refuse_above(limits.max_bytes, Path(path).stat().st_size, "bytes", "max_bytes")
    data = Path(path).read_bytes()
    with _opened(data) as file:
        _check_footer(file.metadata, file.schema_arrow, limits)
        _check_pages(data, file.metadata, limits)
        texts = [column.path for column in file.schema if column.physical_type == _TEXT]
    groups, size = [], 0
    with _opened(data, texts) as file:
        for number in range(file.num_row_groups):
            group = file.read_row_group(number)
            group.validate(full=True)
            size += sum(_decoded_bytes(chunk) for column in group.columns for chunk in column.chunks)
            _refuse_above(limits.max_bytes, size, "bytes, decoded", "max_bytes")
            groups.append(decoded(pa.table(group.columns, names=group.column_names)))
        return pa.concat_tables(groups) if groups else file.schema_arrow.empty_table()


def _opened(data: bytes, encoded: Sequence[str] = ()) -> pq.ParquetFile:
    known = inspect.signature(pq.ParquetFile).parameters
    options = {name: value for name, value in _OPTIONS.items() if name in known}
    return pq.ParquetFile(pa.BufferReader(data), read_dictionary=list(encoded), **options)


def _check_footer(footer: pq.FileMetaData, schema: pa.Schema, limits: LogFileLimits) -> None:
    _refuse_above(limits.max_rows, footer.num_rows, "rows", "max_rows")
    _refuse_above(limits.max_columns, footer.num_columns, "columns", "max_columns")
    columns = [footer.schema.column(number) for number in range(footer.num_columns)]
    if nested := [field.name for field in schema if pa.types.is_nested(field.type)]:
        raise TooLarge(f"has nested columns: {', '.join(nested)[:200]}")
    if long := [column.path for column in columns if column.length > _MAX_FIXED_BYTES]:
        raise TooLarge(f"has values of fixed length over {_MAX_FIXED_BYTES} bytes: {', '.join(long)[:200]}")
    size = sum(max(chunk.total_uncompressed_size, 0) for chunk in _chunks(footer))
    _refuse_above(limits.max_bytes, size, "bytes, unpacked", "max_bytes")


def _check_pages(data: bytes, footer: pq.FileMetaData, limits: LogFileLimits) -> None:
    """Refuse pages that unpack to more than the footer states: the reader believes each page's own header."""
    size = 0
    pages = (page for chunk in _chunks(footer) for page in unpacked_sizes(data, chunk))
    for number, (page, is_stated) in enumerate(pages):
        _refuse_above(limits.max_rows, number, "pages", "max_rows")
        size += page if is_stated else 0
        _refuse_above(limits.max_bytes, max(size, page), "bytes in its pages", "max_bytes")


def _chunks(footer: pq.FileMetaData) -> list[pq.ColumnChunkMetaData]:
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    return [group.column(number) for group in groups for number in range(footer.num_columns)]


def _refuse_above(limit: int, found: int, what: str, setting: str) -> None:
    if found > limit:
        raise TooLarge(f"has over {limit:,} {what} ({setting} in conf/base/globals_logs.yml)")


def _decoded_bytes(values: pa.Array) -> int:
    if not pa.types.is_dictionary(values.type):
        return int(values.nbytes)
    lengths = np.asarray(pc.binary_length(values.dictionary).fill_null(0), dtype=np.int64)
    places = np.asarray(values.indices.drop_null())
    return int(lengths[places].sum()) + int(values.indices.nbytes)
