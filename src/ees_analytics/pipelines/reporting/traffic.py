"""The tables of traffic: devices and browsers, sources and media, time on page, publications day by day."""

from collections.abc import Callable

from kedro.pipeline import Pipeline, node
from pyspark.sql import DataFrame

from ees_analytics.pipelines.reporting.nodes import classified_traffic as shared
from ees_analytics.pipelines.reporting.nodes.ees_publication_device_browser import (
    ees_publication_device_browser,
)
from ees_analytics.pipelines.reporting.nodes.ees_publication_source_medium import (
    ees_publication_source_medium,
)
from ees_analytics.pipelines.reporting.nodes.ees_publication_summary import ees_publication_summary
from ees_analytics.pipelines.reporting.nodes.ees_publication_time_on_page import ees_publication_time_on_page
from ees_analytics.pipelines.reporting.nodes.ees_service_device_browser import ees_service_device_browser
from ees_analytics.pipelines.reporting.nodes.ees_service_source_medium import ees_service_source_medium
from ees_analytics.pipelines.reporting.nodes.ees_service_time_on_page import ees_service_time_on_page
from ees_analytics.transforms.publication import publication_titles

Step = Callable[..., DataFrame]
_TO_PATHS = ["params:page_type_by_path", "params:slug", "publication_titles"]
_TO_CHECK = ["params:page_type_by_path", "params:unclassified"]


def create_pipeline() -> Pipeline:
    """One node per table, and the nodes whose results several tables share."""
    titles = node(publication_titles, "raw.ees_pub_scrape", "publication_titles", name="publication_titles")
    device_browser = _by_path(
        "device_browser",
        shared.device_browser,
        shared.device_browser_paths,
        ees_service_device_browser,
        ees_publication_device_browser,
    )
    source_medium = _by_path(
        "source_medium",
        shared.source_medium,
        shared.source_medium_paths,
        ees_service_source_medium,
        ees_publication_source_medium,
    )
    return Pipeline([titles]) + device_browser + source_medium + _time_on_page() + _summary()


def _by_path(topic: str, both_eras: Step, paths: Step, service: Step, publication: Step) -> Pipeline:
    """The tables of one topic whose pages have a type and a publication by their path."""
    raw = [f"raw.ees_ua_{topic}", f"raw.ees_ga4_{topic}", "params:universal_analytics"]
    classified = [topic, f"{topic}_paths"]
    of_service, of_publications = f"ees_service_{topic}", f"ees_publication_{topic}"
    return Pipeline(
        [
            node(both_eras, raw, topic, name=topic),
            node(paths, [topic, *_TO_PATHS], f"{topic}_paths", name=f"{topic}_paths"),
            node(service, [*classified, *_TO_CHECK], f"app.{of_service}", name=of_service),
            node(
                publication, [*classified, "params:traffic"], f"app.{of_publications}", name=of_publications
            ),
        ]
    )


def _time_on_page() -> Pipeline:
    raw, paths = "raw.ees_ga4_time_on_page", "time_on_page_paths"
    return Pipeline(
        [
            node(shared.time_on_page_paths, [raw, *_TO_PATHS], paths, name=paths),
            node(
                ees_service_time_on_page,
                [raw, paths, "app.ees_session_starts", *_TO_CHECK],
                "app.ees_service_time_on_page",
                name="ees_service_time_on_page",
            ),
            node(
                ees_publication_time_on_page,
                [raw, paths, "params:time_on_page"],
                "app.ees_publication_time_on_page",
                name="ees_publication_time_on_page",
            ),
        ]
    )


def _summary() -> Pipeline:
    inputs = [
        "raw.ees_ua_page",
        "raw.ees_ga4_page",
        "publication_titles",
        "app.ees_session_starts",
        "app.ees_publication_accordions",
        "app.ees_publication_downloads",
        "app.ees_publication_featured_tables",
        "app.ees_publication_search_events",
        "app.ees_publication_tables_created",
        "params:publication_summary",
        "params:release_page_exclusions",
        "params:slug",
        "params:universal_analytics",
    ]
    name = "ees_publication_summary"
    return Pipeline([node(ees_publication_summary, inputs, f"app.{name}", name=name)])
