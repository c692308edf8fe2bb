"""The tables of events: session starts, accordions, downloads, featured tables, searches, tables created."""

from kedro.pipeline import Pipeline, node

from ees_analytics.pipelines.reporting.nodes import classified_events as shared
from ees_analytics.pipelines.reporting.nodes.ees_publication_accordions import ees_publication_accordions
from ees_analytics.pipelines.reporting.nodes.ees_publication_downloads import ees_publication_downloads
from ees_analytics.pipelines.reporting.nodes.ees_publication_featured_tables import (
    ees_publication_featured_tables,
)
from ees_analytics.pipelines.reporting.nodes.ees_publication_search_events import (
    ees_publication_search_events,
)
from ees_analytics.pipelines.reporting.nodes.ees_publication_tables_created import (
    ees_publication_tables_created,
)
from ees_analytics.pipelines.reporting.nodes.ees_service_accordions import ees_service_accordions
from ees_analytics.pipelines.reporting.nodes.ees_service_downloads import ees_service_downloads
from ees_analytics.pipelines.reporting.nodes.ees_service_search_events import ees_service_search_events
from ees_analytics.pipelines.reporting.nodes.ees_session_starts import ees_session_starts
from ees_analytics.pipelines.reporting.nodes.ees_unclassified import ees_unclassified

_LOOKUPS = ["params:slug", "publication_titles"]
_RENAMED, _LIMIT = "params:renamed_publications", "params:unclassified"


def create_pipeline() -> Pipeline:
    """One node per table, and the nodes whose results several tables share.

    ``publication_titles`` comes from the pipeline of traffic.
    """
    raw = ["raw.ees_ua_events", "raw.ees_ga4_events", "params:universal_analytics"]
    both_eras = node(shared.events, raw, "events", name="events")
    return (
        Pipeline([both_eras])
        + _session_starts()
        + _accordions()
        + _search_events()
        + _downloads()
        + _featured_tables()
        + _tables_created()
        + _unclassified()
    )


def _session_starts() -> Pipeline:
    rows, values, rules = "session_start_events", "session_start_paths", "params:page_type_by_path"
    table = "ees_session_starts"
    return Pipeline(
        [
            node(
                shared.session_start_events, ["raw.ees_ga4_events", "params:session_starts"], rows, name=rows
            ),
            node(shared.session_start_paths, [rows, rules, *_LOOKUPS], values, name=values),
            node(ees_session_starts, [rows, values, rules, _LIMIT], f"app.{table}", name=table),
        ]
    )


def _accordions() -> Pipeline:
    rows, values, rules = "accordion_events", "accordion_values", "params:accordions"
    service, publication = "ees_service_accordions", "ees_publication_accordions"
    return Pipeline(
        [
            node(shared.accordion_events, ["events", rules], rows, name=rows),
            node(shared.accordion_values, [rows, rules, *_LOOKUPS], values, name=values),
            node(ees_service_accordions, [rows, values, rules, _LIMIT], f"app.{service}", name=service),
            node(ees_publication_accordions, [rows, values, rules], f"app.{publication}", name=publication),
        ]
    )


def _search_events() -> Pipeline:
    rows, values, rules = "search_events", "search_event_values", "params:search_events"
    service, publication = "ees_service_search_events", "ees_publication_search_events"
    return Pipeline(
        [
            node(shared.search_events, ["events", rules], rows, name=rows),
            node(shared.search_event_values, [rows, rules, *_LOOKUPS], values, name=values),
            node(ees_service_search_events, [rows, values, rules, _LIMIT], f"app.{service}", name=service),
            node(
                ees_publication_search_events, [rows, values, rules], f"app.{publication}", name=publication
            ),
        ]
    )


def _downloads() -> Pipeline:
    rows, values, rules = "download_events", "download_values", "params:downloads"
    service, publication = "ees_service_downloads", "ees_publication_downloads"
    return Pipeline(
        [
            node(shared.download_events, ["events", rules], rows, name=rows),
            node(shared.download_values, [rows, rules, *_LOOKUPS, _RENAMED], values, name=values),
            node(ees_service_downloads, [rows, values, rules, _LIMIT], f"app.{service}", name=service),
            node(
                ees_publication_downloads,
                [rows, values, rules, _LIMIT],
                f"app.{publication}",
                name=publication,
            ),
        ]
    )


def _featured_tables() -> Pipeline:
    rows, values, rules = "featured_table_events", "featured_table_values", "params:featured_tables"
    table = "ees_publication_featured_tables"
    return Pipeline(
        [
            node(shared.featured_table_events, ["events", rules], rows, name=rows),
            node(shared.featured_table_values, [rows, rules, *_LOOKUPS], values, name=values),
            node(ees_publication_featured_tables, [rows, values, rules, _LIMIT], f"app.{table}", name=table),
        ]
    )


def _tables_created() -> Pipeline:
    rows, values, rules = "tables_created_events", "tables_created_values", "params:tables_created"
    table = "ees_publication_tables_created"
    return Pipeline(
        [
            node(shared.tables_created_events, ["events", rules], rows, name=rows),
            node(shared.tables_created_values, [rows, rules, *_LOOKUPS, _RENAMED], values, name=values),
            node(ees_publication_tables_created, [rows, values, rules, _LIMIT], f"app.{table}", name=table),
        ]
    )


def _unclassified() -> Pipeline:
    inputs = [
        "device_browser_paths",
        "source_medium_paths",
        "time_on_page_paths",
        "session_start_paths",
        "accordion_values",
        "search_event_values",
        "download_values",
        "featured_table_values",
        "tables_created_values",
        "params:page_type_by_path",
        "params:accordions",
        "params:search_events",
        "params:downloads",
        "params:featured_tables",
        "params:tables_created",
    ]
    return Pipeline([node(ees_unclassified, inputs, "app.ees_unclassified", name="ees_unclassified")])
