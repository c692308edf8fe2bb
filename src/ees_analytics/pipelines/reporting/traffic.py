"""Page views and sessions by device and browser, and by source and medium: of page types, and of publications."""

from kedro.pipeline import Pipeline, node
from kedro.pipeline.node import Node
from pyspark.sql import DataFrame

from ees_analytics.parameters.rules import PublicationPageTypes, UniversalAnalytics
from ees_analytics.pipelines.reporting.tables import checked_table, listed_table, paths_node, shared_node
from ees_analytics.transforms.joins import both_eras
from ees_analytics.transforms.publication import publication_titles


def create_pipeline() -> Pipeline:
    """One node per table, and the nodes whose results they share. ``publication_titles`` is for other themes too."""
    device_browser = ["device_browser", "device_browser_paths"]
    source_medium = ["source_medium", "source_medium_paths"]
    by_path, pages, model = "params:page_type_by_path", "params:traffic", PublicationPageTypes
    return Pipeline(
        [
            shared_node(publication_titles),
            rows_node("device_browser", ["device", "browser"]),
            rows_node("source_medium", ["source", "medium"]),
            paths_node("device_browser", "pageviews", "device_browser"),
            paths_node("source_medium", "pageviews", "source_medium"),
            checked_table("ees_service_device_browser", [*device_browser, by_path]),
            checked_table("ees_service_source_medium", [*source_medium, by_path]),
            listed_table("ees_publication_device_browser", model, [*device_browser, pages]),
            listed_table("ees_publication_source_medium", model, [*source_medium, pages]),
        ]
    )


def rows_node(topic: str, dimensions: list[str]) -> Node:
    """The node that puts the traffic of both eras together, by these dimensions."""

    def rows(universal: DataFrame, ga4: DataFrame, universal_analytics: UniversalAnalytics) -> DataFrame:
        """One row is the traffic of one path in these dimensions on one day, in one era."""
        columns = ["date", "pagePath", *dimensions, "pageviews", "sessions"]
        return both_eras(universal, ga4, universal_analytics.last_day, columns)

    inputs = [f"raw.ees_ua_{topic}", f"raw.ees_ga4_{topic}", "params:universal_analytics"]
    return node(rows, inputs, topic, name=topic)
