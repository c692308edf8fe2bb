"""The unit of a write to a raw table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class SliceBatch:
    """Rows that replace exactly these slices of a raw table, in one commit.

    Attributes:
        rows: Rows of the table's columns; every row belongs to one of ``slices``.
        slices: Values of the contract's slice column, as text (an ISO date, or a file's full path).
    """

    rows: pa.Table
    slices: Sequence[str]
