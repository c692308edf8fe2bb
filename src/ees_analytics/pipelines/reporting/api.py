"""The public API's usage tables."""

from kedro.pipeline import Pipeline, node

from ees_analytics.pipelines.reporting.nodes.ees_api_daily_queries import ees_api_daily_queries
from ees_analytics.pipelines.reporting.nodes.ees_api_dataset_queries import ees_api_dataset_queries


def create_pipeline() -> Pipeline:
    """One node per table."""
    return Pipeline(
        [
            node(
                ees_api_daily_queries,
                [
                    "raw.raw_ees_top_level",
                    "raw.raw_ees_publications",
                    "raw.raw_ees_data_sets",
                    "raw.raw_ees_data_set_versions",
                    "raw.raw_ees_query_access",
                ],
                "app.ees_api_daily_queries",
                name="ees_api_daily_queries",
            ),
            node(
                ees_api_dataset_queries,
                [
                    "raw.raw_ees_data_set_versions",
                    "raw.raw_ees_query_access",
                    "raw.ees_scrape_api_data_catalog",
                ],
                "app.ees_api_dataset_queries",
                name="ees_api_dataset_queries",
            ),
        ]
    )
