"""Which slices of a raw table the backup lacks, their copies, and the check of the copies."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pyarrow as pa

from ees_analytics.console.text import few
from ees_analytics.contracts.digest import digest
from ees_analytics.parameters.ingest import LoadLimits
from ees_analytics.parameters.maintenance import BackupSettings
from ees_analytics.slices.landing_zone import LandingZone
from ees_analytics.slices.slice import Fetch, FetchedSlice
from ees_analytics.slices.state import TableState, grouped

logger = logging.getLogger(__name__)

_NAMED = 5
_CLOCK_MARGIN = dt.timedelta(hours=1)
"""A copy that is younger than the table's last change by more than this was made after that change."""


class BackupIncomplete(Exception):
    """The backup differs from the table; the message says how and what to do."""


@dataclass(frozen=True)
class BackupPlan:
    """The slices to copy.

    Attributes:
        table: The raw table.
        copy: The slices that the backup lacks or has with other rows.
        rows: Rows of every slice of the table.
    """

    table: str
    copy: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)


def plan_backup(
    state: TableState, copied: LandingZone, settings: BackupSettings, limits: LoadLimits
) -> BackupPlan:
    """Compare table and backup; rows are read only where neither ledger nor history shows that they are the same."""
    # A table that lost all its rows is not copied: check_backup reports it, and the backup keeps the rows.
    present = {name: rows for name, rows in state.slices.items() if rows or _rows(copied, name) <= 0}
    missing = {name for name, rows in present.items() if _rows(copied, name) != rows}
    if settings.full:
        missing |= {name for name in present.keys() - missing if copied.is_damaged(copied.landed[name])}
    unproven = sorted(present.keys() - missing)
    if not settings.full:
        unproven = [name for name in unproven if not _is_known_unchanged(name, state, copied)]
    changed = _changed(unproven, state, copied, limits)
    return BackupPlan(state.table, tuple(sorted([*missing, *changed])), present)


def copy_slices(plan: BackupPlan, state: TableState, limits: LoadLimits) -> Iterator[dict[str, Fetch]]:
    """Yield the planned slices in groups of bounded size, each as a callable that gives its rows."""
    for group in grouped({name: plan.rows[name] for name in plan.copy}, limits):
        rows = state.read(group)
        yield {name: partial(_fetched, rows[name]) for name in group}


def check_backup(copy: LandingZone, plan: BackupPlan) -> dict[str, Any]:
    """Read back the new copies, and compare the backup's rows with the table's.

    Raises:
        BackupIncomplete: The backup has other rows than the table, or the table lost rows.
        DamagedLanding: A new copy cannot be read back.
    """
    for name in plan.copy:
        copy.read(copy.landed[name])
    different = sorted(name for name, rows in plan.rows.items() if _rows(copy, name) != rows)
    if different:
        raise BackupIncomplete(
            f"{plan.table}: {len(different)} slice(s) changed during the backup ({few(different, _NAMED)}). "
            "Run it again."
        )
    lost = sorted(name for name, item in copy.landed.items() if item.rows and name not in plan.rows)
    if lost:
        raise BackupIncomplete(
            f"{plan.table}: the backup has {len(lost)} slice(s) that the table lost ({few(lost, _NAMED)}). "
            "Raw tables never lose rows: bring them back with `kedro run --pipelines restore --namespaces "
            f"restore.{plan.table}`. The backup keeps them."
        )
    total = sum(plan.rows.values())
    if plan.rows:
        copied = sum(plan.rows[name] for name in plan.copy)
        logger.info(
            "%s: %d slice(s) copied, %s rows; the backup has all %s rows.",
            plan.table, len(plan.copy), f"{copied:,}", f"{total:,}",
        )  # fmt: skip
    return {"table": plan.table, "copied": len(plan.copy), "rows": total}


def _rows(copied: LandingZone, name: str) -> int:
    item = copied.landed.get(name)
    return item.rows if item else -1


def _is_known_unchanged(name: str, state: TableState, copied: LandingZone) -> bool:
    item = copied.landed[name]
    if state.changed_at is not None and item.landed_at - state.changed_at > _CLOCK_MARGIN:
        return True
    return state.recorded_digest(name) == item.digest


def _changed(
    names: Iterable[str], state: TableState, copied: LandingZone, limits: LoadLimits
) -> Iterator[str]:
    for group in grouped({name: state.slices[name] for name in names}, limits):
        for name, rows in state.read(group).items():
            if digest(rows) != copied.landed[name].digest:
                yield name


def _fetched(rows: pa.Table) -> FetchedSlice:
    return FetchedSlice(rows, expected_rows=rows.num_rows)
