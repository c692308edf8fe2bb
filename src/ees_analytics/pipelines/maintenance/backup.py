"""Backup of the raw tables: which slices it lacks, their copies, and the check of the copies."""

import datetime as dt
import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from kedro.pipeline import Pipeline, node

from ees_analytics.console.text import few
from ees_analytics.contracts import raw_tables
from ees_analytics.contracts.digest import matches
from ees_analytics.lake.storage.damage import GUIDE
from ees_analytics.parameters.ingest import LoadLimits
from ees_analytics.parameters.maintenance import BackupSettings
from ees_analytics.slices.ledger import CONTRACT
from ees_analytics.slices.slice import Fetch, FetchedSlice, LandingZone
from ees_analytics.slices.state import TableState, grouped

logger = logging.getLogger(__name__)

_NAMED = 5
_CLOCK_MARGIN = dt.timedelta(hours=1)
"""A copy that is younger than the table's last change by more than this was made after that change."""


class BackupIncomplete(Exception):
    """The backup differs from the table; the message says how and what to do."""


def create_pipeline() -> Pipeline:
    """Copy what is new in every raw table, the ledger among them, and verify the copies."""
    return Pipeline([_backup(table) for table in raw_tables()])


def _backup(table: str) -> Pipeline:
    name, state, copy, limits = f"backup.{table}", f"state.{table}", f"copy.{table}", "params:load_limits"
    planned = [f"{name}.due", f"{name}.rows"]
    given = [state, f"copied.{table}", "params:backup", limits]
    steps = [
        node(plan_backup, given, planned, name="plan", namespace=name),
        node(copy_slices, [planned[0], state, limits], copy, name="copy", namespace=name),
        node(check_backup, [copy, *planned], f"{name}.outcome", name="check", namespace=name),
    ]
    return Pipeline(steps)


def plan_backup(
    state: TableState, copied: LandingZone, settings: BackupSettings, limits: LoadLimits
) -> tuple[list[str], dict[str, int]]:
    """Compare table and backup; rows are read only where neither ledger nor history shows that they are the same.

    Returns:
        The slices to copy: the backup lacks them or has other rows. And the rows of every slice of the table.

    Raises:
        BackupIncomplete: Rows that nothing has written since they were copied are different now.
    """
    # What the table lost is not copied: check_backup reports it, and the backup keeps the rows.
    least = {name: min(_rows(copied, name), state.recorded_rows(name) or 1) for name in state.slices}
    lost = {name for name, rows in state.slices.items() if rows < least[name]}
    accepted = {name for name in state.accepted_empty_days() if _rows(copied, name) > 0}
    present = {**state.slices, **dict.fromkeys(accepted, 0)}
    present = {name: rows for name, rows in present.items() if name not in lost}
    due = {name for name, rows in present.items() if _rows(copied, name) != rows}
    if settings.full:
        due |= {name for name in present.keys() - due if copied.is_damaged(copied.landed[name])}
    unchanged = {name for name in present.keys() - due if _is_known_unchanged(name, state, copied)}
    unproven = present.keys() - due - (set() if settings.full else unchanged)
    different = set[str]()
    for group in grouped({name: state.slices[name] for name in sorted(unproven)}, limits):
        rows = state.read(group)
        different |= {name for name in group if not matches(rows[name], copied.landed[name].digest)}
    if damaged := sorted(different & unchanged):
        raise BackupIncomplete(
            f"{state.table}: {len(damaged)} slice(s) differ from their copies, though nothing wrote them since "
            f"({few(damaged, _NAMED)}): a data file is damaged. Restore them: `kedro run --pipelines restore --namespaces "
            f"restore.{state.table} --params restore_overwrite=true`. See {GUIDE}."
        )
    return sorted(due | different), present


def copy_slices(due: Sequence[str], state: TableState, limits: LoadLimits) -> Iterator[dict[str, Fetch]]:
    """Yield the slices in groups of bounded size, each as a callable that gives its rows."""
    for group in grouped({name: state.slices.get(name, 0) for name in due}, limits):
        rows = state.read(group)
        yield {name: partial(FetchedSlice, rows[name], rows[name].num_rows) for name in group}


def check_backup(copy: LandingZone, due: Sequence[str], rows: Mapping[str, int]) -> dict[str, Any]:
    """Read back the new copies, and compare the backup's rows with the table's.

    Raises:
        BackupIncomplete: The backup has other rows than the table, or the table lost rows.
        DamagedLanding: A new copy cannot be read back.
    """
    table = copy.table
    for name in due:
        copy.read(copy.landed[name])
    different = sorted(name for name in rows if _rows(copy, name) != rows[name])
    if different:
        raise BackupIncomplete(
            f"{table}: {len(different)} slice(s) changed during the backup ({few(different, _NAMED)}). Run it again."
        )
    lost = sorted(name for name, item in copy.landed.items() if item.rows and name not in rows)
    if lost:
        raise BackupIncomplete(
            f"{table}: the backup has {len(lost)} slice(s) that the table lost ({few(lost, _NAMED)}). "
            "Raw tables never lose rows: bring them back with `kedro run --pipelines restore --namespaces "
            f"restore.{table}`. The backup keeps them."
        )
    total = sum(rows.values())
    if rows:
        copied = sum(rows[name] for name in due)
        logger.info(
            "%s: %d slice(s) copied, %s rows; the backup has all %s rows.",
            table, len(due), f"{copied:,}", f"{total:,}",
        )  # fmt: skip
    return {"table": table, "copied": len(due), "rows": total}


def _rows(copied: LandingZone, name: str) -> int:
    item = copied.landed.get(name)
    return item.rows if item else -1


def _is_known_unchanged(name: str, state: TableState, copied: LandingZone) -> bool:
    item = copied.landed[name]
    if state.table == CONTRACT.name:  # its rows are only ever added
        return True
    if state.changed_at is not None and item.landed_at - state.changed_at > _CLOCK_MARGIN:
        return True
    return state.recorded_digest(name) == item.digest
