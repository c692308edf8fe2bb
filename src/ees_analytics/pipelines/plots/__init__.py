"""App tables to plots, for Kedro-Viz and the curious."""

from ees_analytics.pipelines.plots.pipeline import create_pipeline

__all__ = ["create_pipeline"]
