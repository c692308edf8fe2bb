"""Restore: what a raw table lacks of its backup, and the check of the result."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from kedro.pipeline import Pipeline, node

from ees_analytics.console.text import few
from ees_analytics.contracts import contract_named, raw_tables
from ees_analytics.contracts.contract import SliceBatch
from ees_analytics.contracts.digest import matches
from ees_analytics.parameters.ingest import LoadLimits
from ees_analytics.parameters.maintenance import RestoreSettings
from ees_analytics.slices.slice import LandingZone
from ees_analytics.slices.state import RUN, WHOLE, TableState, grouped, slicing_column

logger = logging.getLogger(__name__)

_NAMED = 5


class RestoreRefused(Exception):
    """There is no backup, or the table has rows that the backup lacks. Nothing was written."""


class RestoreIncomplete(Exception):
    """After the restore the table differs from the backup."""


def create_pipeline() -> Pipeline:
    """Bring back what the raw tables lack, and verify them."""
    return Pipeline([_restore(table) for table in raw_tables()])


def _restore(table: str) -> Pipeline:
    name, copied, restored = f"restore.{table}", f"copied.{table}", f"restored.{table}"
    limits = "params:load_limits"
    given = [copied, f"state.{table}", "params:restore", limits]
    steps = [
        node(restore_slices, given, restored, name="restore", namespace=name),
        node(check_restore, [restored, copied, limits], f"{name}.outcome", name="check", namespace=name),
    ]
    return Pipeline(steps)


def restore_slices(
    copied: LandingZone, state: TableState, settings: RestoreSettings, limits: LoadLimits
) -> Iterator[SliceBatch]:
    """Yield what the backup has and the table lacks, in batches of bounded size.

    Every file is verified as it is read. A table whose rows are all in the backup is completed, so a restore that
    was stopped can be run again.

    Raises:
        RestoreRefused: There is no backup of any table, or the table has other rows and ``restore_overwrite`` was
            not given.
    """
    if copied.empty_root:
        raise RestoreRefused(
            f"there is no file of any table in {copied.empty_root}. Nothing was written. Check backup_root."
        )
    same = _identical(copied, state, limits)
    others = sorted(name for name in state.slices.keys() - same if _has_own_rows(name, copied, state))
    if others and not settings.overwrite:
        raise RestoreRefused(
            f"{state.table} is not empty: {len(others)} of its slices are not in the backup, or differ from it "
            f"({few(others, _NAMED)}). Nothing was written. To replace different slices by the backup's, "
            "add --params restore_overwrite=true; slices that only the table has stay."
        )
    rows_of = {name: copied.landed[name].rows for name in sorted(copied.landed.keys() - same)}
    due = {name: rows for name, rows in rows_of.items() if rows or name == WHOLE}
    for group in grouped(due, limits):
        parts = [copied.read(copied.landed[name]).rows for name in group]
        rows = pa.concat_tables(parts, promote_options="default")
        yield SliceBatch(rows, _values(rows, state.table))


def check_restore(restored: TableState, copied: LandingZone, limits: LoadLimits) -> Mapping[str, Any]:
    """Compare every row of the table with the backup; ``RestoreIncomplete`` names the slices that differ."""
    same = _identical(copied, restored, limits)
    different = sorted(name for name, item in copied.landed.items() if item.rows and name not in same)
    if different:
        raise RestoreIncomplete(
            f"{restored.table}: {len(different)} slice(s) differ from the backup ({few(different, _NAMED)}). "
            "Run the restore again; the backup has not changed."
        )
    rows = sum(item.rows for item in copied.landed.values())
    if rows:
        logger.info("%s: all %s rows of the backup are in the table.", restored.table, f"{rows:,}")
    return {"table": restored.table, "rows": rows}


def _has_own_rows(name: str, copied: LandingZone, state: TableState) -> bool:
    """True where a restore could lose rows: not those of a later run, which has a slice of its own.

    A restore that failed has written its row to the table of runs, and must not be stopped by it.
    """
    is_later_run = slicing_column(contract_named(state.table)) == RUN and name not in copied.landed
    return bool(state.slices[name]) and not is_later_run


def _identical(copied: LandingZone, state: TableState, limits: LoadLimits) -> set[str]:
    """The slices with the same rows in table and backup."""
    candidates = {
        name: rows
        for name, rows in state.slices.items()
        if name in copied.landed and copied.landed[name].rows == rows
    }
    return {
        name
        for group in grouped(candidates, limits)
        for name, rows in state.read(group).items()
        if matches(rows, copied.landed[name].digest)
    }


def _values(rows: pa.Table, table: str) -> list[str]:
    column = slicing_column(contract_named(table))
    return [WHOLE] if column is None else sorted(pc.unique(rows[column]).cast(pa.string()).to_pylist())
