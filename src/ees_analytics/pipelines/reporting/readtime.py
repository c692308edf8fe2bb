"""How long the publications' pages take to read."""

from kedro.pipeline import Pipeline, node

from ees_analytics.pipelines.reporting.nodes.ees_avg_readtime import ees_avg_readtime


def create_pipeline() -> Pipeline:
    """One node, one table. Its former rows come through ``previous``: a pipeline may not read what it writes."""
    return Pipeline(
        [
            node(
                ees_avg_readtime,
                ["raw.ees_pub_scrape", "raw.ees_pub_pages", "state.ees_avg_readtime"],
                "app.ees_avg_readtime",
                name="ees_avg_readtime",
            )
        ]
    )
