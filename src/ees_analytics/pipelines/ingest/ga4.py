"""Google Analytics 4: one pipeline, instantiated per report."""

from __future__ import annotations

from kedro.pipeline import Pipeline

from ees_analytics.contracts import all_contracts
from ees_analytics.pipelines.ingest.daily import daily_pipeline
from ees_analytics.pipelines.ingest.nodes.ga4 import land_reports

TABLES = tuple(c.name for c in all_contracts().values() if c.name.startswith("ees_ga4_"))
"""A raw table per report of ``ga4_reports``."""


def create_pipeline() -> Pipeline:
    """Plan, land, load, record and check each report."""
    reports = (daily_pipeline(table, land_reports, "ga4", "ga4_calendar") for table in TABLES)
    return sum(reports, Pipeline([]))
