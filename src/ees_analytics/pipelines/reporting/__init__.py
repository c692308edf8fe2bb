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

_THEMES = {
    "traffic": traffic,
    "time_on_page": time_on_page,
    "events": events,
    "publications": publications,
    "unclassified": unclassified,
    "search": search,
    "public_api": public_api,
    "service": service,
    "reading_time": reading_time,
}


def create_pipeline() -> Pipeline:
    """Every app table but ``ees__last_updated``, which ``publish`` writes; nodes are named ``reporting.<theme>.<step>``.

    No theme reads what a theme that reads it makes: Kedro-Viz draws each as one box, from left to right.
    """
    themes = (
        Pipeline(theme.create_pipeline(), namespace=f"reporting.{name}", prefix_datasets_with_namespace=False)
        for name, theme in _THEMES.items()
    )
    return sum(themes, Pipeline([]))
