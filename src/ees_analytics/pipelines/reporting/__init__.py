"""Raw tables to app tables."""

from kedro.pipeline import Pipeline

from ees_analytics.pipelines.reporting import api, events, readtime, search, summary, traffic
from ees_analytics.pipelines.reporting.themes import by_theme

BEHIND_OTHERS = {
    "time_on_page": ["time_on_page_paths", "ees_service_time_on_page", "ees_publication_time_on_page"],
    "publications": ["ees_publication_summary"],
    "unclassified": ["ees_unclassified"],
}
"""Themes that read what other themes made: a step that stood with its neighbours would tie them into a knot."""


def create_pipeline() -> Pipeline:
    """Every app table but ``ees__last_updated``, which ``publish`` writes; named by the themes of the dashboard."""
    steps = traffic.create_pipeline() + events.create_pipeline()
    behind = {theme: steps.filter(node_names=names) for theme, names in BEHIND_OTHERS.items()}
    apart = sum(behind.values(), Pipeline([]))
    themes = {
        "traffic": traffic.create_pipeline() - apart,
        "events": events.create_pipeline() - apart,
        **behind,
        "search": search.create_pipeline(),
        "public_api": api.create_pipeline(),
        "service": summary.create_pipeline(),
        "reading_time": readtime.create_pipeline(),
    }
    return by_theme(themes)
