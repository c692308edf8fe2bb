"""The pipelines that ``kedro run --pipelines`` knows."""

from __future__ import annotations

from kedro.pipeline import Pipeline

from ees_analytics.pipelines.ingest import ga4, logs, search_console


def register_pipelines() -> dict[str, Pipeline]:
    """Every pipeline by name; ``__default__`` brings the data in and builds the app tables."""
    ingest = ga4.create_pipeline() + search_console.create_pipeline() + logs.create_pipeline()
    return {"__default__": ingest, "ingest": ingest}
