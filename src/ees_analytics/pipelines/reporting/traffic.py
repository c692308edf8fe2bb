"""Page views and sessions by device and browser, and by source and medium: of page types, and of publications."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node
from kedro.pipeline.node import Node
from pyspark.sql import DataFrame

from ees_analytics.parameters.rules import PublicationPageTypes
from ees_analytics.parameters.universal_analytics import UniversalAnalytics
from ees_analytics.pipelines.reporting.tables import (
    Function,
    all_values,
    checked_table,
    paths_of,
    publication_pages_table,
    table_node,
)
from ees_analytics.transforms.eras import both_eras
from ees_analytics.transforms.publication import publication_titles


def create_pipeline() -> Pipeline:
    """One node per table, and the nodes whose results they share. ``publication_titles`` is for other themes too."""
    device_browser = ["device_browser", "device_browser_paths"]
    source_medium = ["source_medium", "source_medium_paths"]
    checked, listed = ["params:page_type_by_path", "params:unclassified"], ["params:traffic"]
    return Pipeline(
        [
            node(publication_titles, "raw.ees_pub_scrape", "publication_titles", name="publication_titles"),
            *_rows_and_paths("device_browser", "device", "browser"),
            *_rows_and_paths("source_medium", "source", "medium"),
            table_node(checked_table("ees_service_device_browser", all_values), [*device_browser, *checked]),
            table_node(checked_table("ees_service_source_medium", all_values), [*source_medium, *checked]),
            table_node(
                publication_pages_table("ees_publication_device_browser", PublicationPageTypes),
                [*device_browser, *listed],
            ),
            table_node(
                publication_pages_table("ees_publication_source_medium", PublicationPageTypes),
                [*source_medium, *listed],
            ),
        ]
    )


def _rows_and_paths(topic: str, *dimensions: str) -> list[Node]:
    raw = [f"raw.ees_ua_{topic}", f"raw.ees_ga4_{topic}", "params:universal_analytics"]
    rules = ["params:page_type_by_path", "params:slug", "publication_titles"]
    return [
        node(rows_by(*dimensions), raw, topic, name=topic),
        node(paths_of(topic, "pageviews"), [topic, *rules], f"{topic}_paths", name=f"{topic}_paths"),
    ]


def rows_by(*dimensions: str) -> Function:
    """The function that puts the traffic of both eras together, by these dimensions."""

    def rows(universal: DataFrame, ga4: DataFrame, universal_analytics: UniversalAnalytics) -> DataFrame:
        """One row is the traffic of one path in these dimensions on one day, in one era."""
        columns = ["date", "pagePath", *dimensions, "pageviews", "sessions"]
        return both_eras(universal, ga4, universal_analytics.last_day, columns)

    return rows
