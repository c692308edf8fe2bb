"""Raw tables to app tables: one module per theme of the dashboard, one node per table."""

from kedro.pipeline import Pipeline

from ees_analytics.pipelines.reporting import (
    coverage,
    daily_measures,
    events,
    public_api,
    publications,
    reading_time,
    search,
    service,
    time_on_page,
    traffic,
    unclassified,
)

PAGES_AND_EVENTS = (traffic, time_on_page, events, publications, unclassified, coverage)
"""The themes that share rows and labels."""


def create_pipeline() -> Pipeline:
    """Every app table but ``ees__last_updated``, which ``publish`` writes; nodes are named ``reporting.<theme>.<step>``.

    No theme reads what a theme that reads it makes: Kedro-Viz draws each as one box, from left to right.
    """
    themes = (*PAGES_AND_EVENTS, search, public_api, service, reading_time, daily_measures)
    return Pipeline([_namespaced(theme.create_pipeline(), theme.__name__) for theme in themes])


def _namespaced(pipeline: Pipeline, module: str) -> Pipeline:
    theme = module.rpartition(".")[2]
    return Pipeline(
        pipeline,
        namespace=f"reporting.{theme}",
        prefix_datasets_with_namespace=False,
        tags=["app", theme],
    )
