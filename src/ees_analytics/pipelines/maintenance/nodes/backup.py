"""Which units of a raw table the backup lacks, their copies, and the proof that they are there."""

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
from ees_analytics.slices.backup_partitions import BackupPartitions
from ees_analytics.slices.landing_zone import DamagedLanding, LandingZone
from ees_analytics.slices.slice import Fetch, FetchedSlice

logger = logging.getLogger(__name__)

_NAMED = 5
_QUIET = dt.timedelta(hours=1)
"""A copy this much younger than the table's last change was made of the table as it is."""


class BackupIncomplete(Exception):
    """The backup is not what the table is; the message says how and what to do."""


@dataclass(frozen=True)
class BackupPlan:
    """What is to be copied.

    Attributes:
        table: The raw table.
        copy: The units that the backup lacks or has with other rows.
        rows: Rows of every unit in the table.
    """

    table: str
    copy: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)


def plan_backup(
    units: BackupPartitions, copied: LandingZone, settings: BackupSettings, limits: LoadLimits
) -> BackupPlan:
    """Compare table and backup; rows are read only where neither ledger nor history vouches for them."""
    # A table that lost all its rows has none to copy: the check names it, and the backup keeps what it had.
    held = {name: rows for name, rows in units.rows.items() if rows or _rows(copied, name) <= 0}
    missing = {name for name, rows in held.items() if _rows(copied, name) != rows}
    if settings.full:
        missing |= {name for name in held if name not in missing and _is_damaged(copied, name)}
    open_ = sorted(set(held) - missing)
    if not settings.full:
        open_ = [name for name in open_ if not _is_vouched_for(name, units, copied)]
    changed = _changed(open_, units, copied, limits)
    return BackupPlan(units.table, tuple(sorted([*missing, *changed])), held)


def copy_units(plan: BackupPlan, units: BackupPartitions, limits: LoadLimits) -> Iterator[dict[str, Fetch]]:
    """Yield the planned units in groups of bounded size, each as a callable that gives its rows."""
    for group in units.groups(plan.copy, limits.max_rows, limits.max_slices):
        rows = units.read(group)
        yield {name: partial(_fetched, rows[name]) for name in group}


def check_backup(copy: LandingZone, plan: BackupPlan) -> dict[str, Any]:
    """Read back what was copied, and compare the backup's rows with the table's.

    Raises:
        BackupIncomplete: A copy is damaged or has other rows than the table, or the table lost rows.
        DamagedLanding: A file that was just written cannot be read back.
    """
    for name in plan.copy:
        copy.read(copy.landed[name])
    unlike = [name for name, rows in plan.rows.items() if _rows(copy, name) != rows]
    if unlike:
        raise BackupIncomplete(
            f"{plan.table}: {len(unlike)} unit(s) changed while they were copied ({few(sorted(unlike), _NAMED)}). Run it again."
        )
    lost = [name for name, item in copy.landed.items() if item.rows and name not in plan.rows]
    if lost:
        raise BackupIncomplete(
            f"{plan.table}: the backup holds {len(lost)} unit(s) that the table has no more ({few(sorted(lost), _NAMED)}). "
            f"Raw tables lose no rows: bring them back with `kedro run --pipelines restore --namespaces "
            f"restore.{plan.table}`. The backup keeps them."
        )
    if plan.rows:
        copied = sum(plan.rows[name] for name in plan.copy)
        logger.info(
            "%s: %d unit(s) copied, %s rows; the backup holds all %s rows.",
            plan.table, len(plan.copy), f"{copied:,}", f"{sum(plan.rows.values()):,}",
        )  # fmt: skip
    return {"table": plan.table, "copied": len(plan.copy), "rows": sum(plan.rows.values())}


def _rows(copied: LandingZone, name: str) -> int:
    item = copied.landed.get(name)
    return item.rows if item else -1


def _is_damaged(copied: LandingZone, name: str) -> bool:
    try:
        copied.read(copied.landed[name])
    except DamagedLanding:
        return True
    return False


def _is_vouched_for(name: str, units: BackupPartitions, copied: LandingZone) -> bool:
    item = copied.landed[name]
    if units.changed_at is not None and item.landed_at - units.changed_at > _QUIET:
        return True
    return units.digests.get(name) == item.digest


def _changed(
    names: Iterable[str], units: BackupPartitions, copied: LandingZone, limits: LoadLimits
) -> Iterator[str]:
    for group in units.groups(names, limits.max_rows, limits.max_slices):
        for name, rows in units.read(group).items():
            if digest(rows) != copied.landed[name].digest:
                yield name


def _fetched(rows: pa.Table) -> FetchedSlice:
    return FetchedSlice(rows, expected_rows=rows.num_rows)
