"""Rows as Arrow: collecting DataFrames, and kinds of types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from ees_analytics.contracts.contract import ContractError

_collector: list[Callable[[Any], pa.Table]] = []


def set_arrow_collector(collect: Callable[[Any], pa.Table]) -> None:
    """Collect DataFrames with this function from now on; without it, with ``toArrow``.

    Args:
        collect: Returns a DataFrame's rows. One process has one engine, and so one such function.
    """
    _collector[:] = [collect]


def as_arrow(data: Any) -> pa.Table:
    """Collect a Spark DataFrame as Arrow; an Arrow table is returned as it is."""
    if isinstance(data, pa.Table):
        return data
    if hasattr(data, "toArrow"):
        return _collector[0](data) if _collector else data.toArrow()
    raise ContractError(f"expected a Spark DataFrame or an Arrow table, got {type(data).__name__}")


def is_text(kind: pa.DataType) -> bool:
    """Whether values of this type are text, also dictionary-encoded."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
