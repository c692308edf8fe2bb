"""The website's part of the ingest pipeline: two tables that are fetched whole and replaced when they differ."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node

from ees_analytics.pipelines.ingest.nodes.data_catalogue import load_data_catalogue
from ees_analytics.pipelines.ingest.nodes.publications import load_publications


def create_pipeline() -> Pipeline:
    """Publications and the catalogue of API data sets; neither waits for the other."""
    return Pipeline(
        [
            node(
                load_publications,
                inputs={
                    "website": "source.website",
                    "legacy_pages": "raw.ees_legacy_scrape",
                    "state": "state.ees_pub_scrape",
                    "rules": "params:publications",
                    "settings": "params:website",
                },
                outputs="raw.ees_pub_scrape",
                name="load",
                namespace="ingest.ees_pub_scrape",
            ),
            node(
                load_data_catalogue,
                inputs={
                    "website": "source.website",
                    "state": "state.ees_scrape_api_data_catalog",
                    "settings": "params:website",
                },
                outputs="raw.ees_scrape_api_data_catalog",
                name="load",
                namespace="ingest.ees_scrape_api_data_catalog",
            ),
        ]
    )
