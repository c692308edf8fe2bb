"""The logs of the public API and of downloads: one pipeline, instantiated per table."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from ees_analytics.pipelines.ingest.nodes.load import load_slices
from ees_analytics.pipelines.ingest.nodes.logs import (
    audit_files,
    check_files,
    land_files,
    plan_files,
    report_logs,
)
from ees_analytics.pipelines.ingest.nodes.record import record_slices

TABLES = (
    "raw_ees_top_level",
    "raw_ees_query_access",
    "raw_ees_queries",
    "raw_ees_data_sets",
    "raw_ees_publications",
    "raw_ees_data_set_versions",
    "raw_ees_zip_downloads",
    "raw_ees_csv_downloads",
    "raw_ees_table_tool_downloads",
    "raw_ees_permalink_table_downloads",
)


def create_pipeline() -> Pipeline:
    """Plan, land, load, record, audit and check each table; then say how they stand together."""
    audits = [f"ingest.{table}.audit" for table in TABLES]
    summary = node(report_logs, audits, "ingest.logs.audits", name="ingest.logs.report")
    return sum((_table(table) for table in TABLES), Pipeline([summary]))


def _table(table: str) -> Pipeline:
    told = ["params:logs", "params:ingest_range"]
    steps = [
        node(plan_files, ["state", "landed", "source"], "plan", name="plan"),
        node(land_files, ["plan", "source", *told], "landing", name="land"),
        node(load_slices, ["plan", "landing", "state", "params:load_limits"], "raw", name="load"),
        node(record_slices, ["raw", "plan", "landing", "state", "run_id"], "ledger", name="record"),
        node(audit_files, ["ledger", "landing", "state", "source", *told, "run_id"], "audit", name="audit"),
        node(check_files, "audit", "outcome", name="check"),
    ]
    return pipeline(
        steps,
        namespace=f"ingest.{table}",
        inputs={
            "state": f"state.{table}",
            "landed": f"landed.{table}",
            "source": f"source.{table}",
            "run_id": "run_id",
        },
        outputs={"landing": f"landing.{table}", "raw": f"raw.{table}", "ledger": f"ledger.{table}"},
        parameters={"logs", "ingest_range", "load_limits"},
    )
