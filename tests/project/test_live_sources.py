"""The live environments ask the same sources, at the addresses that a run names."""

import pytest
from kedro.io import AbstractDataset, CatalogConfigResolver

from tests.project.catalogue import catalogue

SOURCES = ("source.ees_ga4_page", "source.ees_search_console", "source.website")


def entries(env: str, **runtime: str) -> dict[str, dict]:
    resolver = CatalogConfigResolver(catalogue(env, **runtime), {})
    return {name: resolver.resolve_pattern(name) for name in SOURCES}


def test_databricks_asks_what_live_asks():
    assert entries("databricks") == entries("live")


@pytest.mark.parametrize("env", ["live", "databricks"])
def test_endpoints_and_key_file_are_a_runs_choice(env):
    found = entries(
        env,
        ga4_endpoint="grpc://127.0.0.1:1",
        search_console_endpoint="http://127.0.0.1:2",
        website_url="http://127.0.0.1:3",
        google_key_file="key.json",
    )
    ga4, search, website = (found[name] for name in SOURCES)
    assert (ga4["endpoint"], ga4["key_file"]) == ("grpc://127.0.0.1:1", "key.json")
    assert (search["endpoint"], search["key_file"]) == ("http://127.0.0.1:2", "key.json")
    assert website["url"] == "http://127.0.0.1:3"


@pytest.mark.parametrize("env", ["live", "databricks"])
@pytest.mark.parametrize("name", SOURCES)
def test_every_source_can_be_made(env, name):
    source = AbstractDataset.from_config(name, entries(env)[name])
    assert type(source).__name__ in ("Ga4ReportDataset", "SearchConsoleDataset", "WebsiteDataset")
