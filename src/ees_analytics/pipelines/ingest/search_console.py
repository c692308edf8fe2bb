"""Search Console: the site in Google's search results, day by day."""

from __future__ import annotations

from kedro.pipeline import Pipeline

from ees_analytics.pipelines.ingest.daily import daily_pipeline
from ees_analytics.pipelines.ingest.nodes.search_console import TABLE, land_searches


def create_pipeline() -> Pipeline:
    """Plan, land, load, record and check the table."""
    return daily_pipeline(TABLE, land_searches, "search_console", "search_console_calendar")
