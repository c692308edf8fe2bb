"""Saves the page of a run, its copy as the newest one, and the list of all runs."""

from typing import Any, cast

from kedro.io import DataCatalog

from ees_analytics.run_report.facts import RunFacts
from ees_analytics.run_report.guard import guard
from ees_analytics.run_report.history import INDEX, LATEST, past_runs, recorded_runs
from ees_analytics.run_report.morning import Morning, read_morning
from ees_analytics.run_report.page import index_page, page
from ees_analytics.run_report.page_dataset import PageDataset

CATALOGUE = "catalogue"
"""Folder beside that of the reports, with a page for each table, once `kedro data-dictionary --site` has written it."""


def save_pages(catalog: DataCatalog, facts: RunFacts) -> str:
    """Save them; returns where the page of the run is."""
    dataset = cast(PageDataset, catalog[f"report.{facts.run_id}"])
    recorded: list[dict[str, Any]] = []
    with guard("list of earlier runs"):
        recorded = recorded_runs(catalog)
    runs = past_runs(recorded, dataset.pages(), facts)
    described: set[str] = set()
    with guard("links to the catalogue of tables"):
        described = dataset.pages(beside=CATALOGUE)
    charts = Morning()
    with guard("charts"):
        charts = read_morning(catalog, facts)
    text = page(facts, runs, charts, described)
    dataset.save(text)
    with guard("list of runs"):
        catalog.save(f"report.{LATEST}", text)
        catalog.save(f"report.{INDEX}", index_page(runs))
    return str(dataset._describe()["filepath"])
