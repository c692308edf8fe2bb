"""Google Analytics 4: one pipeline, instantiated per report."""

from __future__ import annotations

from kedro.pipeline import Pipeline

from ees_analytics.pipelines.ingest.daily import daily_pipeline
from ees_analytics.pipelines.ingest.nodes.ga4 import land_reports

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
    reports = (daily_pipeline(table, land_reports, "ga4", "ga4_calendar") for table in TABLES)
    return sum(reports, Pipeline([]))
