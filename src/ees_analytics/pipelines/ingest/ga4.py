"""Google Analytics 4: one pipeline, instantiated per report."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from ees_analytics.pipelines.ingest.nodes.ga4 import land_reports
from ees_analytics.pipelines.ingest.nodes.load import load_slices
from ees_analytics.pipelines.ingest.nodes.plan import plan_days
from ees_analytics.pipelines.ingest.nodes.record import check_days, record_slices

TABLES = (
    "ees_ga4_events",
    "ees_ga4_page",
    "ees_ga4_device_browser",
    "ees_ga4_source_medium",
    "ees_ga4_service_summary",
    "ees_ga4_time_on_page",
    "ees_ga4_hourly",
)


def create_pipeline() -> Pipeline:
    """Plan, land, load, record and check each report."""
    return sum((_report(table) for table in TABLES), Pipeline([]))


def _report(table: str) -> Pipeline:
    days = ["params:ga4_calendar", "params:ingest_range"]
    steps = [
        node(plan_days, ["state", "landed", *days], "plan", name="plan"),
        node(land_reports, ["plan", "source", "state", "params:ga4", *days], "landing", name="land"),
        node(load_slices, ["plan", "landing", "state", "params:load_limits"], "raw", name="load"),
        node(record_slices, ["raw", "plan", "landing", "state", "run_id"], "ledger", name="record"),
        node(check_days, ["ledger", "plan", "landing", "state", *days], "outcome", name="check"),
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
        parameters={"ga4", "ga4_calendar", "ingest_range", "load_limits"},
    )
