"""A selection of steps runs, or is refused with near names."""

from __future__ import annotations

import pytest
from kedro.config import BadConfigException

from ees_analytics.cli.selection import (
    check_load_versions,
    check_runner,
    select,
    stored_datasets,
    with_makers,
)
from tests.conftest import PROJECT, project

OURS = "ees_analytics.runner.IndependentRunner"


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch):
    monkeypatch.chdir(PROJECT)
    project()


@pytest.mark.parametrize(
    ("names", "selection", "message"),
    [
        (["reportin"], {}, "There is no pipeline `reportin`. Did you mean reporting"),
        (["ingest"], {"node_names": ["ingest.ees_ga4_pge.load"]}, "no step .* mean ingest.ees_ga4_page.load"),
        (["reporting"], {"from_nodes": ["ees_service_sumary"]}, "mean reporting.service.ees_service_summary"),
        (["reporting"], {"to_nodes": ["ees_service_summary"]}, "mean reporting.service.ees_service_summary"),
        (["reporting"], {"node_namespaces": ["reporting.event"]}, "no namespace .* mean reporting.events"),
        (["reporting"], {"node_namespaces": ["x"]}, r"There are: publish, reporting, reporting.coverage, "),
        (["reporting", "ingest"], {"to_outputs": ["app.ees_service_sumary"]}, "mean app.ees_service_summary"),
        (["reporting"], {"from_inputs": ["ees_pub_scrape"]}, "no dataset .* mean raw.ees_pub_scrape"),
        (
            ["reporting"],
            {"node_names": ["publish"]},
            "no step `publish`, but a pipeline: --pipelines publish",
        ),
        (["reporting"], {"tags": ["nonsense"]}, "There is no tag `nonsense`. There are: app, "),
        (["reporting"], {"tags": ["ga4"]}, "The tag `ga4` is not in reporting. Add --pipelines __default__."),
        (
            ["reporting"],
            {"tags": ["last"], "node_names": ["reporting.service.ees_service_summary"]},
            "No step is in all parts of this selection",
        ),
    ],
)
def test_what_does_not_exist_is_refused_with_near_names(names, selection, message):
    with pytest.raises(BadConfigException, match=message):
        select(names, **selection)


def test_pipelines_and_steps_that_exist_are_accepted():
    assert select(["reporting", "ingest"], to_outputs=["app.ees_service_summary"]).nodes


@pytest.mark.parametrize(
    ("selection", "added"),
    [
        ({"node_namespaces": ["reporting.events"]}, {"reporting.traffic.publication_titles"}),
        ({"tags": ["events"]}, {"reporting.traffic.publication_titles"}),
        (
            {"from_nodes": ["ingest.ees_ga4_page.load"], "to_nodes": ["ingest.ees_ga4_page.load"]},
            {"ingest.ees_ga4_page.plan"},
        ),
        (
            {"node_names": ["reporting.events.ees_service_downloads"]},
            {
                "reporting.events.counted_events",
                "reporting.events.downloads",
                "reporting.events.downloads_spelling",
                "reporting.events.events",
                "reporting.traffic.publication_titles",
            },
        ),
        ({"node_namespaces": ["reporting.service"]}, set()),
    ],
)
@pytest.mark.parametrize("env", ["base", "live", "databricks"])
def test_steps_that_make_what_is_not_stored_are_added(env, selection, added):
    selected = select(["__default__"], **selection)
    stored = stored_datasets(env, None, {})
    runnable = with_makers(selected, ["__default__"], stored)
    assert {node.name for node in runnable.nodes} - {node.name for node in selected.nodes} == added
    free = {name for name in runnable.inputs() if not name.startswith("params:") and name != "run_id"}
    assert all(stored(name) for name in free)


@pytest.mark.parametrize(
    "runner", ["ParallelRunner", "ThreadRunner", "SequentialRunner", "Nonsense", "a.b.C"]
)
def test_another_runner_is_refused(runner):
    with pytest.raises(
        BadConfigException, match=r"cannot run this project: .* --runner-params max_workers=1"
    ):
        check_runner(runner, {})


def test_the_runners_parameters_are_checked():
    check_runner(OURS, {"max_workers": 1})
    with pytest.raises(BadConfigException, match="'workers'. It takes max_workers=<number>"):
        check_runner(OURS, {"workers": 1})


def test_kedros_versions_are_refused():
    check_load_versions("")
    with pytest.raises(BadConfigException, match="raw.ees_ga4_page:3: tables have the versions of Delta"):
        check_load_versions("raw.ees_ga4_page:3")
