"""Raw tables to app tables: one module per theme of the dashboard, one node per table."""

from kedro.pipeline import Pipeline

from ees_analytics.pipelines.reporting import (
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

PAGES_AND_EVENTS = (traffic, time_on_page, events, publications, unclassified)
"""The themes that share rows and labels."""


def create_pipeline() -> Pipeline:
    """Every app table but ``ees__last_updated``, which ``publish`` writes; nodes are named ``reporting.<theme>.<step>``.

    No theme reads what a theme that reads it makes: Kedro-Viz draws each as one box, from left to right.
    """
    pipeline = Pipeline([])
    for theme in (*PAGES_AND_EVENTS, search, public_api, service, reading_time):
        name = f"reporting.{theme.__name__.rpartition('.')[2]}"
        pipeline += Pipeline(theme.create_pipeline(), namespace=name, prefix_datasets_with_namespace=False)
    return pipeline
