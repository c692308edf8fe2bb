"""The headers of the pages of a parquet file: how many bytes a reader makes room for, whatever the footer states.

They are in Thrift's compact protocol (`PageHeader` in parquet-format's `parquet.thrift`). No library gives them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow.parquet as pq

_BOOLEANS, _INTEGERS, _BINARY, _STRUCT = (1, 2), (4, 5, 6), 8, 12
_UNPACKED, _PACKED = 2, 3
"""The fields with the size of a page's body."""
_PADDING = 100
"""Bytes after the stated end of a column in which readers look for its last page, in files of old writers."""


def unpacked_sizes(data: bytes, column: pq.ColumnChunkMetaData) -> Iterator[tuple[int, bool]]:
    """The unpacked size of each page of a column chunk, as its own header states it.

    With it True in the column's stated range, False after it, where a reader may look for the column's last page.

    Raises:
        ValueError: A header cannot be read.
    """
    if column.num_values <= 0:  # no page is read
        return
    position = column.data_page_offset
    if column.has_dictionary_page and 0 < column.dictionary_page_offset < position:
        position = column.dictionary_page_offset
    end = position + column.total_compressed_size
    while position < min(end + _PADDING, len(data)):
        header = _Header(data, position)
        try:
            sizes = header.read()
            yield sizes[_UNPACKED], position < end
            position = header.position + sizes[_PACKED]
        except (IndexError, KeyError, RecursionError, ValueError) as error:
            if position >= end:  # the next column, or the footer
                return
            raise ValueError(f"the header of a page at byte {position} cannot be read") from error


@dataclass
class _Header:
    data: bytes
    position: int

    def read(self) -> dict[int, int]:
        """The integers of the struct at the position, by field; of fields that are given twice the last."""
        found: dict[int, int] = {}
        field = 0
        while byte := self._byte():
            field = field + (byte >> 4) if byte >> 4 else self._integer()
            kind = byte & 15
            if kind in _INTEGERS:
                found[field] = self._integer()
                if not 0 <= found[field] < 2**31 and field in (_UNPACKED, _PACKED):
                    raise ValueError("a negative size")
            elif kind == _STRUCT:
                self.read()
            elif kind == _BINARY:
                length = self._varint()
                self.position += length
            elif kind not in _BOOLEANS:
                raise ValueError(f"a field of type {kind}")
        return found

    def _byte(self) -> int:
        self.position += 1
        return self.data[self.position - 1]

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 128:
            value |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise ValueError("a number without end")
        return value | byte << shift

    def _integer(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)
