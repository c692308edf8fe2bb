"""What Google's search shows of the service."""

from kedro.pipeline import Pipeline, node

from ees_analytics.pipelines.reporting.nodes.ees_search_console_queries import ees_search_console_queries
from ees_analytics.pipelines.reporting.nodes.ees_search_console_timeseries import (
    ees_search_console_timeseries,
)


def create_pipeline() -> Pipeline:
    """One node per table."""
    return Pipeline(
        [
            node(
                ees_search_console_queries,
                [
                    "raw.ees_search_console",
                    "raw.ees_pub_scrape",
                    "params:slug",
                    "params:release_page_exclusions",
                    "params:run_date",
                ],
                "app.ees_search_console_queries",
                name="ees_search_console_queries",
            ),
            node(
                ees_search_console_timeseries,
                ["raw.ees_search_console", "raw.ees_search_console_old"],
                "app.ees_search_console_timeseries",
                name="ees_search_console_timeseries",
            ),
        ]
    )
