"""What a raw table lacks of its backup, and the proof that it is back."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts import contract_named
from ees_analytics.contracts.digest import digest
from ees_analytics.contracts.slice_batch import SliceBatch
from ees_analytics.parameters.ingest import LoadLimits
from ees_analytics.parameters.maintenance import RestoreSettings
from ees_analytics.slices.backup_partitions import RUN, WHOLE, BackupPartitions, grouped, unit_column
from ees_analytics.slices.landing_zone import LandingZone

logger = logging.getLogger(__name__)


class RestoreRefused(Exception):
    """The table holds rows that the backup does not: nothing was written."""


class RestoreIncomplete(Exception):
    """After the restore the table is not what the backup is."""


def restore_units(
    copied: LandingZone, units: BackupPartitions, settings: RestoreSettings, limits: LoadLimits
) -> Iterator[SliceBatch]:
    """Yield what the backup has and the table lacks, in batches of bounded size.

    Every file is verified as it is read. A table that holds nothing but rows of the backup is filled up, so a
    restore that was stopped goes on where it was.

    Raises:
        RestoreRefused: The table holds other rows, and ``restore_overwrite`` was not given.
    """
    same = _same(copied, units, limits)
    others = sorted(name for name in set(units.rows) - same if _is_in_the_way(name, copied, units))
    if others and not settings.overwrite:
        raise RestoreRefused(
            f"{units.table} is not empty: {len(others)} of its units are not in the backup, or differ from it "
            f"({', '.join(others[:5])}). Nothing was written. To let the backup's rows take the place of different "
            "ones, add --params restore_overwrite=true; units that only the table has stay."
        )
    due = sorted(name for name in copied.landed if name not in same)
    sizes = {name: copied.landed[name].rows for name in due}
    for group in grouped(due, sizes, limits.max_rows, limits.max_slices):
        rows = pa.concat_tables(
            [copied.read(copied.landed[name]).rows for name in group], promote_options="default"
        )
        yield SliceBatch(rows, _values(rows, units.table))


def check_restore(restored: BackupPartitions, copied: LandingZone, limits: LoadLimits) -> Mapping[str, Any]:
    """Compare every row of the table with the backup.

    Raises:
        RestoreIncomplete: Names the units that differ.
    """
    same = _same(copied, restored, limits)
    lost = sorted(name for name, item in copied.landed.items() if item.rows and name not in same)
    if lost:
        raise RestoreIncomplete(
            f"{restored.table}: {len(lost)} unit(s) are not as in the backup ({', '.join(lost[:5])}). "
            "Run the restore again; the backup is as it was."
        )
    rows = sum(item.rows for item in copied.landed.values())
    if rows:
        logger.info("%s: all %s rows of the backup are in the table.", restored.table, f"{rows:,}")
    return {"table": restored.table, "rows": rows}


def _is_in_the_way(name: str, copied: LandingZone, units: BackupPartitions) -> bool:
    """False where nothing can be lost: no rows, or those of a later run, which stand beside the backup's.

    A restore that failed has told of itself in the table of runs, and goes on all the same.
    """
    is_later_run = unit_column(contract_named(units.table)) == RUN and name not in copied.landed
    return bool(units.rows[name]) and not is_later_run


def _same(copied: LandingZone, units: BackupPartitions, limits: LoadLimits) -> set[str]:
    """The units that table and backup hold alike."""
    alike = [
        name
        for name, rows in units.rows.items()
        if name in copied.landed and copied.landed[name].rows == rows
    ]
    return {
        name
        for group in units.groups(sorted(alike), limits.max_rows, limits.max_slices)
        for name, rows in units.read(group).items()
        if digest(rows) == copied.landed[name].digest
    }


def _values(rows: pa.Table, table: str) -> list[str]:
    column = unit_column(contract_named(table))
    return [WHOLE] if column is None else sorted(pc.unique(rows[column]).cast(pa.string()).to_pylist())
