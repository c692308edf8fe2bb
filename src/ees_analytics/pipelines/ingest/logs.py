"""The logs of the public API and of downloads: one pipeline, instantiated per table."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.log_columns import file_columns
from ees_analytics.pipelines.ingest.nodes.logs import (
    audit_files,
    check_files,
    land_files,
    plan_files,
    report_logs,
)
from ees_analytics.pipelines.ingest.sliced_table import sliced_table_pipeline

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
        node(audit_files, audit_inputs, "audit", name="audit"),
        node(check_files, "audit", "outcome", name="check"),
    ]
    return sliced_table_pipeline(table, steps, {"logs", "ingest_range"})
