"""The app tables as files, for the dashboard's own tests and for work without a lake."""

from ees_analytics.pipelines.export.pipeline import create_pipeline

__all__ = ["create_pipeline"]
