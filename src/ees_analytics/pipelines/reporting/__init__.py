"""Raw tables to app tables."""

from kedro.pipeline import Pipeline

from ees_analytics.pipelines.reporting import api, events, readtime, search, summary, traffic


def create_pipeline() -> Pipeline:
    """Every app table but ``ees__last_updated``, which ``publish`` writes."""
    return sum(
        (part.create_pipeline() for part in (traffic, events, search, api, summary, readtime)), Pipeline([])
    )
