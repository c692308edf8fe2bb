"""The logs of the public API and of downloads: one pipeline, instantiated per table."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.log_columns import file_columns
from ees_analytics.pipelines.ingest.nodes.load import load_slices
from ees_analytics.pipelines.ingest.nodes.logs import (
    audit_files,
    check_files,
    land_files,
    plan_files,
    report_logs,
)
from ees_analytics.pipelines.ingest.nodes.record import record_slices

TABLES = tuple(contract.name for contract in all_contracts().values() if file_columns(contract))
"""The raw tables whose rows are those of log files."""


def create_pipeline() -> Pipeline:
    """Plan, land, load, record, audit and check each table; then summarise all of them."""
    audits = [f"ingest.{table}.audit" for table in TABLES]
    summary = node(report_logs, audits, "ingest.logs.audits", name="ingest.logs.report")
    return sum((_table(table) for table in TABLES), Pipeline([summary]))


def _table(table: str) -> Pipeline:
    settings = ["params:logs", "params:ingest_range"]
    audit_inputs = ["ledger", "landing", "state", "source", *settings, "run_id"]
    steps = [
        node(plan_files, ["state", "landed", "source"], "plan", name="plan"),
        node(land_files, ["plan", "source", *settings], "landing", name="land"),
        node(load_slices, ["plan", "landing", "state", "params:load_limits"], "raw", name="load"),
        node(record_slices, ["raw", "plan", "landing", "state", "run_id"], "ledger", name="record"),
        node(audit_files, audit_inputs, "audit", name="audit"),
        node(check_files, "audit", "outcome", name="check"),
    ]
    shared = {name: f"{name}.{table}" for name in ("state", "landed", "source")}
    return pipeline(
        steps,
        namespace=f"ingest.{table}",
        inputs={**shared, "run_id": "run_id"},
        outputs={name: f"{name}.{table}" for name in ("landing", "raw", "ledger")},
        parameters={"logs", "ingest_range", "load_limits"},
    )
