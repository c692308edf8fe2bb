"""Facts of a table, from its contract, its steps, and what they loaded and saved."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ees_analytics.console.text import date_ranges, values_by_key
from ees_analytics.contracts.contract import TableContract
from ees_analytics.parameters.ingest import as_date
from ees_analytics.run_report.facts import Outcome, RunFacts, TableFacts, TableStatus
from ees_analytics.slices.days import gaps
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.slice import Flags, IngestPlan, LandingZone
from ees_analytics.slices.state import TableState
from ees_analytics.sources.log_files.audit import Gap, LogAudit


def check_count(contract: TableContract) -> int:
    """Checks of each write to a table: columns, nulls, key, minimums, each list of values, number of rows."""
    minimums = any(column.minimum is not None for column in contract.columns)
    lists = sum(bool(column.one_of) for column in contract.columns)
    return 2 + bool(contract.key) + minimums + lists + (contract.row_count is not None)


def set_status(table: TableFacts, run: RunFacts, steps: Mapping[str, float | None]) -> None:
    """Set a table's status, reason and duration, from the seconds of its steps (None for one that did not start)."""
    table.seconds = sum(filter(None, steps.values()))
    if failed := sorted(steps.keys() & run.failures.keys()):
        table.status, table.reason = TableStatus.FAILED, "; ".join(run.failures[step] for step in failed)
    elif table.status is TableStatus.SAME and steps.keys() & set(run.skipped):
        stopped = run.outcome is Outcome.STOPPED
        table.status = TableStatus.NOT_RUN
        table.reason = "the run was stopped" if stopped else "a step that it depends on failed"
    elif table.status is TableStatus.SAME and all(seconds is None for seconds in steps.values()):
        table.status, table.reason = TableStatus.NOT_RUN, "the run ended first"


def add_ingest_facts(table: TableFacts, seen: Mapping[str, Any]) -> None:
    """Fill in a raw table's slices, gaps and days, from what a step last loaded or saved of each dataset (``seen``)."""
    name = table.short_name
    plan: IngestPlan | None = seen.get(f"ingest.{name}.plan")
    outcome: Mapping[str, Any] = seen.get(f"ingest.{name}.outcome", {})
    state: TableState = seen.get(f"state.{name}", TableState(name, exists=False))
    _add_entries(table, seen.get(f"ledger.{name}", ()))
    _add_quarantined(table, seen.get(f"landing.{name}", LandingZone(name)), plan)
    if plan and outcome:
        changed = {*table.added, *table.adopted, *table.restated, *table.empty, *table.quarantined}
        table.read_again = [day for day in plan.fetch if day not in changed and state.is_settled(day)]
    table.left_out = [*state.left_out]
    audit = seen.get(f"ingest.{name}.audit")
    table.late = (
        [f"{audit.newest} ({audit.stale_days} days before this run)"] if audit and audit.stale_days else []
    )
    declared = {*plan.known_gaps} if plan else set()
    declared |= {name for name, entry in state.ledger.items() if entry.is_accepted}
    table.known_gaps = date_ranges(declared)
    if state.slices:
        table.rows_total = sum(state.slices.values())
        settled = {day for day, entry in state.ledger.items() if entry.state.is_settled}
        known = {*table.quarantined, *table.quarantined_before, *declared, *settled}
        table.missing = date_ranges(gaps(state.slices, known))
    if newest := outcome.get("newest"):
        table.newest = as_date(newest)
    table.not_yet_published = date_ranges(outcome.get("missing", ()))
    table.expiring = date_ranges(outcome.get("expiring", ()))
    table.expired = date_ranges(outcome.get("expired", ()))
    table.quarantined |= outcome.get("quarantined", {})


def log_gaps(audits: Iterable[LogAudit]) -> dict[str, list[str]]:
    """Log table to its days without a file: a phrase for each range, with the reason."""
    return {audit.table: [_gap(gap) for gap in audit.gaps] for audit in audits if audit.gaps}


def _add_entries(table: TableFacts, entries: Sequence[LedgerEntry]) -> None:
    slices = values_by_key((entry.state, entry.slice) for entry in entries)
    table.adopted = [entry.slice for entry in entries if entry.is_adopted]
    table.added = [name for name in slices.get(SliceState.COMMITTED, []) if name not in table.adopted]
    table.restated = slices.get(SliceState.RESTATED, [])
    table.empty = slices.get(SliceState.EMPTY, [])
    table.flags = values_by_key(
        (flag, entry.slice) for entry in entries for flag in Flags.MEANINGS if getattr(entry, flag)
    )


def _add_quarantined(table: TableFacts, landing: LandingZone, plan: IngestPlan | None) -> None:
    for name, item in sorted(landing.quarantined.items()):
        if name in landing.unpublished:
            continue
        if plan is None or name in plan.fetch:
            table.quarantined[name] = landing.reason(item)
        else:
            table.quarantined_before.append(name)


def _gap(gap: Gap) -> str:
    reason = "a file in the folder was not read" if gap.recoverable else "no file was delivered"
    return f"{gap} ({'weekend' if gap.weekend else 'weekdays'}): {gap.outage or reason}"
