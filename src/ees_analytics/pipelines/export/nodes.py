"""App tables in the columns and types that the dashboard reads from files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts.arrow import as_arrow
from ees_analytics.contracts.casting import conform
from ees_analytics.contracts.contract import TableContract


def exporter(contract: TableContract) -> Callable[[Any], pd.DataFrame]:
    """The node function of one table: its rows, with counts as DOUBLE; dates and texts stay what they are."""

    def export(rows: Any) -> pd.DataFrame:
        conforming = conform(as_arrow(rows), contract)
        return _as_pandas(
            [_count_as_double(column) for column in conforming.columns], conforming.column_names
        )

    return export


def export_last_updated(rows: Any) -> pd.DataFrame:
    """One row is when the tables last changed: both columns as text, like ``2024-08-08 19:17:42.666``."""
    table = as_arrow(rows)
    moment = table["last_updated"].cast(pa.timestamp("ms"), safe=False)
    texts = [pc.strftime(moment, "%Y-%m-%d %H:%M:%S"), pc.strftime(table["latest_data"], "%Y-%m-%d")]
    return _as_pandas(texts, ["last_updated", "latest_data"])


def _count_as_double(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.float64()) if pa.types.is_integer(column.type) else column


def _as_pandas(columns: list[pa.ChunkedArray], names: list[str]) -> pd.DataFrame:
    """Arrow-typed, so that the file has exactly these types where a column is all null or has no rows."""
    return pa.table(columns, names=names).to_pandas(types_mapper=pd.ArrowDtype)
