"""The ingest pipelines, one for each source; their nodes are named ``ingest.<table>.<step>``."""

from collections.abc import Callable, Sequence
from typing import Any

from kedro.pipeline import Node, Pipeline, node, pipeline

from ees_analytics.contracts import all_contracts
from ees_analytics.pipelines.ingest.nodes import data_catalogue, logs, publications
from ees_analytics.pipelines.ingest.nodes.daily import land_reports, land_searches
from ees_analytics.pipelines.ingest.nodes.load import load_slices
from ees_analytics.pipelines.ingest.nodes.plan import plan_days
from ees_analytics.pipelines.ingest.nodes.record import check_days, compare_reports, record_slices

GA4_TABLES = tuple(c.name for c in all_contracts().values() if c.name.startswith("ees_ga4_"))
"""A raw table per report of ``ga4_reports``."""

LOG_TABLES = tuple(contract.name for contract in all_contracts().values() if contract.file_columns)
"""The raw tables whose rows are those of log files."""


def create_ga4_pipeline() -> Pipeline:
    """Google Analytics 4: plan, land, load, record and check each report; then compare their days."""
    outcomes = [f"ingest.{table}.outcome" for table in GA4_TABLES]
    compare = node(compare_reports, outcomes, None, name="ingest.ga4.compare")
    return Pipeline([compare, *(_days(table, land_reports, "ga4") for table in GA4_TABLES)])


def create_search_console_pipeline() -> Pipeline:
    """Search Console, the site in Google's search results: plan, land, load, record and check the table."""
    return _days("ees_search_console", land_searches, "search_console")


def create_logs_pipeline() -> Pipeline:
    """The log files: plan, land, load, record, audit and check each table; then summarise all of them."""
    audits = [f"ingest.{table}.audit" for table in LOG_TABLES]
    summary = node(logs.report_logs, audits, "ingest.logs.audits", name="ingest.logs.report")
    return Pipeline([summary, *(_log_files(table) for table in LOG_TABLES)])


def create_website_pipeline() -> Pipeline:
    """The website: three tables that are fetched whole and replaced when they differ.

    One visit to the publications fills two of them; the third is the catalogue of API data sets.
    """
    website, settings, rules = "source.website", "params:website", "params:publications"
    visit, namespace = "ingest.ees_pub_scrape.visit", "ingest.ees_pub_scrape"
    visited = [website, "raw.ees_legacy_scrape", rules, settings, "state.ees_pub_scrape"]
    return Pipeline(
        [
            node(publications.visit_publications, visited, visit, name="read_pages", namespace=namespace),
            _snapshot("ees_pub_scrape", publications.load_publications, visit, rules, settings),
            _snapshot("ees_pub_pages", publications.load_publication_pages, visit),
            _snapshot("ees_scrape_api_data_catalog", data_catalogue.load_data_catalogue, website, settings),
        ]
    )


def _snapshot(table: str, load: Callable[..., Any], source: str, *parameters: str) -> Node:
    inputs = [source, f"state.{table}", *parameters]
    return node(load, inputs, f"raw.{table}", name="load", namespace=f"ingest.{table}")


def _days(table: str, land: Callable[..., Any], source: str) -> Pipeline:
    """The pipeline of a table whose slices are days; ``source`` is the name of its parameters."""
    days = [f"params:{source}_calendar", "params:ingest_range"]
    steps = [
        node(plan_days, ["state", "landed", *days, "params:known_days"], "plan", name="plan"),
        node(land, ["plan", "source", "state", f"params:{source}", *days], "landing", name="land"),
        node(check_days, ["ledger", "plan", "landing", "state", *days], "outcome", name="check"),
    ]
    return _slices(table, steps, {source, f"{source}_calendar", "ingest_range", "known_days"})


def _log_files(table: str) -> Pipeline:
    settings = ["params:logs", "params:ingest_range"]
    audit_inputs = ["ledger", "landing", "state", "source", *settings, "run_id"]
    steps = [
        node(logs.plan_files, ["state", "landed", "source"], "plan", name="plan"),
        node(logs.land_files, ["plan", "source", *settings], "landing", name="land"),
        node(logs.audit_files, audit_inputs, "audit", name="audit"),
        node(logs.check_files, "audit", "outcome", name="check"),
    ]
    return _slices(table, steps, {"logs", "ingest_range"})


def _slices(table: str, steps: Sequence[Node], parameters: set[str]) -> Pipeline:
    """A source's own steps of one raw table, with the steps ``load`` and ``record`` that all sources share."""
    shared = [
        node(load_slices, ["plan", "landing", "state", "params:load_limits"], "raw", name="load"),
        node(record_slices, ["raw", "plan", "landing", "state", "run_id"], "ledger", name="record"),
    ]
    return pipeline(
        [*steps, *shared],
        namespace=f"ingest.{table}",
        inputs={**{name: f"{name}.{table}" for name in ("state", "landed", "source")}, "run_id": "run_id"},
        outputs={name: f"{name}.{table}" for name in ("landing", "raw", "ledger")},
        parameters={*parameters, "load_limits"},
    )
