"""The website's part of the ingest pipeline: three tables that are fetched whole and replaced when they differ."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node

from ees_analytics.pipelines.ingest.nodes.data_catalogue import load_data_catalogue
from ees_analytics.pipelines.ingest.nodes.publication_pages import load_publication_pages
from ees_analytics.pipelines.ingest.nodes.publications import load_publications, visit_publications

_VISIT = "ingest.ees_pub_scrape.visit"
_SETTINGS = "params:website"


def create_pipeline() -> Pipeline:
    """One visit to the publications fills two tables; the catalogue of API data sets is a third."""
    legacy, rules = "raw.ees_legacy_scrape", "params:publications"
    catalogue = "ees_scrape_api_data_catalog"
    return Pipeline(
        [
            node(
                visit_publications,
                ["source.website", legacy, rules, _SETTINGS],
                _VISIT,
                name="read_pages",
                namespace="ingest.ees_pub_scrape",
            ),
            node(
                load_publications,
                [_VISIT, "state.ees_pub_scrape", rules, _SETTINGS],
                "raw.ees_pub_scrape",
                name="load",
                namespace="ingest.ees_pub_scrape",
            ),
            node(
                load_publication_pages,
                [_VISIT, "state.ees_pub_pages"],
                "raw.ees_pub_pages",
                name="load",
                namespace="ingest.ees_pub_pages",
            ),
            node(
                load_data_catalogue,
                ["source.website", f"state.{catalogue}", _SETTINGS],
                f"raw.{catalogue}",
                name="load",
                namespace=f"ingest.{catalogue}",
            ),
        ]
    )
