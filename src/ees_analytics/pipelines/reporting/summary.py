"""The table of the whole service."""

from kedro.pipeline import Pipeline, node

from ees_analytics.pipelines.reporting.nodes.ees_service_summary import ees_service_summary


def create_pipeline() -> Pipeline:
    """One node, one table."""
    return Pipeline(
        [
            node(
                ees_service_summary,
                ["raw.ees_ua_service_summary", "raw.ees_ga4_service_summary", "params:universal_analytics"],
                "app.ees_service_summary",
                name="ees_service_summary",
            )
        ]
    )
