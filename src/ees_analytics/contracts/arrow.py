"""DataFrames as Arrow rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from ees_analytics.contracts.contract import ContractError

_way: list[Callable[[Any], pa.Table]] = []


def set_arrow_collector(way: Callable[[Any], pa.Table]) -> None:
    """From now on collect DataFrames in this way: an engine has one that suits it better than ``toArrow``.

    Args:
        way: Gives a DataFrame's rows. One process holds one engine, so there is one way.
    """
    _way[:] = [way]


def as_arrow(data: Any) -> pa.Table:
    """Collect a Spark DataFrame as Arrow; an Arrow table is returned as it is."""
    if isinstance(data, pa.Table):
        return data
    if hasattr(data, "toArrow"):
        return _way[0](data) if _way else data.toArrow()
    raise ContractError(f"expected a Spark DataFrame or an Arrow table, got {type(data).__name__}")
