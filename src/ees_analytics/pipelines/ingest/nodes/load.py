"""Landed slices to commits of a raw table."""

import logging
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.contract import SliceBatch
from ees_analytics.contracts.digest import same_algorithm
from ees_analytics.parameters.ingest import LoadLimits
from ees_analytics.slices.slice import DamagedLanding, IngestPlan, LandedSlice, LandingZone
from ees_analytics.slices.state import TableState, grouped

logger = logging.getLogger(__name__)


def load_slices(
    plan: IngestPlan, landing: LandingZone, state: TableState, limits: LoadLimits
) -> Iterator[SliceBatch]:
    """Yield what the landing zone has and the table lacks, in batches of bounded size, oldest first.

    Each batch replaces exactly its slices, so a repeat after a stop is harmless. Where nothing is due and the table
    does not exist, or lacks later columns (``since``), one empty batch creates it or adds them. Rows of earlier files
    are null there.
    """
    landed = {name: landing.landed[name] for name in plan.expected if name in landing.landed}
    due = {name: item.rows for name, item in landed.items() if _is_due(item, state, plan, landing)}
    if not due and (state.lacking or not state.exists):
        yield SliceBatch(contract_for(f"raw.{plan.table}").empty(), [])
    for group in grouped(due, limits):
        parts = {name: rows for name in group if (rows := _read(landed[name], landing)) is not None}
        if parts:
            rows = pa.concat_tables(parts.values(), promote_options="default")
            yield SliceBatch(rows, _values(rows, list(parts), state))


def _read(item: LandedSlice, landing: LandingZone) -> pa.Table | None:
    """The rows of a landed file; None where it is damaged: the check at the end names the slice."""
    try:
        return landing.read(item).rows
    except DamagedLanding as error:
        logger.warning("%s: %s", landing.table, error)
        return None


def _values(rows: pa.Table, group: list[str], state: TableState) -> list[str]:
    """The values of the slice column in the rows, and in the table if a file was read from another location before."""
    column = contract_for(f"raw.{state.table}").slice_column
    new = pc.unique(rows[column]).cast(pa.string()).to_pylist()
    return sorted({*new, *(value for name in group for value in state.values.get(name, ()))})


def _is_due(item: LandedSlice, state: TableState, plan: IngestPlan, landing: LandingZone) -> bool:
    """True where the slice in the table is not the landed one.

    A landed slice without rows replaces nothing, unless this run accepted it.
    """
    if item.rows == 0:
        return item.slice in plan.accepted and item.slice in state.slices
    if state.slices.get(item.slice, 0) != item.rows:
        return True
    known = state.recorded_digest(item.slice)
    if state.digest_of is not None and not (known and same_algorithm(known, item.digest)):
        known = state.digest_of(item.slice, item.digest)
    return known not in (item.digest, state.as_loaded(item, landing).digest)
