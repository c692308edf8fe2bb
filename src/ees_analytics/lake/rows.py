"""What a write needs to know of its rows: collected ones (Arrow) or those that the engine keeps (``LargeRows``)."""

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts.casting import without_unfilled
from ees_analytics.contracts.contract import TableContract
from ees_analytics.contracts.digest import FAST, digest, matches
from ees_analytics.contracts.large import LargeRows


def newest_day(rows: pa.Table | LargeRows) -> dt.date | None:
    """The newest ``date``; None where there is no such column, or no day in it."""
    if isinstance(rows, LargeRows):
        return rows.newest
    if not rows.num_rows or "date" not in rows.column_names:
        return None
    newest = pc.max(rows["date"]).as_py()
    return newest if isinstance(newest, dt.date) else None


def rows_by_day(rows: pa.Table | LargeRows, day: str | None) -> dict[str, int]:
    """Rows of each day; all of them under the empty day where the table has none."""
    if isinstance(rows, LargeRows):
        return rows.rows_by_day(day)
    if day is None:
        return {"": rows.num_rows}
    counts = pc.cast(rows[day], pa.string()).value_counts()
    return {found["values"]: found["counts"] for found in counts.to_pylist()}


def fast_digest(rows: pa.Table | LargeRows, contract: TableContract) -> str:
    """The fast digest, without later columns that have no values."""
    return rows.digest() if isinstance(rows, LargeRows) else digest(without_unfilled(rows, contract), FAST)


def are_equal(rows: pa.Table | LargeRows, contract: TableContract, recorded: str, known: str) -> bool:
    """Whether the rows, whose fast digest is known, have a recorded digest, by its own algorithm; of large tables the fast one."""
    return recorded == known or (
        isinstance(rows, pa.Table) and matches(without_unfilled(rows, contract), recorded, known)
    )
