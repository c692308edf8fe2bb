"""What a table is made of, from the pipelines."""

from __future__ import annotations

import pytest
from kedro.pipeline import Pipeline, node

from ees_analytics.cli.catalogue.lineage import lineages
from ees_analytics.contracts import all_contracts
from ees_analytics.pipeline_registry import register_pipelines

PAGE, SUMMARY, LEDGER = "raw.ees_ga4_page", "app.ees_service_summary", "raw.ees_ingest_ledger"


def step(inputs: list[str], output: str) -> Pipeline:
    return Pipeline([node(lambda *_: 0, inputs, output, name=f"make.{output}")])


def test_the_nearest_tables_on_both_sides():
    parts = [
        step(["source.pages", "params:calendar", f"state.{PAGE}"], "landing.pages"),
        step(["landing.pages"], PAGE),
        step([PAGE], "between"),
        step(["between", "params:rules"], SUMMARY),
        step([SUMMARY], "plot.traffic"),
    ]
    made = lineages(parts)
    assert made[PAGE].made_of == ["source.pages"]
    assert made[PAGE].parameters == ["calendar"]
    assert made[PAGE].makes == [SUMMARY]
    assert made[PAGE].steps == [f"make.{PAGE}"]
    assert made[SUMMARY].made_of == [PAGE], "not the source behind it"
    assert made[SUMMARY].parameters == ["rules"]
    assert made[SUMMARY].makes == ["plot.traffic"]


def test_other_names_of_a_table_are_that_table():
    made = lineages(
        [step([PAGE], "ledger.ees_ga4_page"), step(["source.frozen_tables"], "frozen.ees_ua_page")]
    )
    assert made[LEDGER].made_of == [PAGE]
    assert made["raw.ees_ua_page"].made_of == ["source.frozen_tables"]


@pytest.fixture(scope="module")
def made():
    return lineages(register_pipelines().values())


def test_every_table_that_a_step_writes_has_its_origin(made):
    without = {name for name in all_contracts() if name not in made or not made[name].steps}
    assert without == {"raw.ees_pipeline_runs"}


def test_the_publication_summary(made):
    found = made["app.ees_publication_summary"]
    assert {"app.ees_publication_downloads", "raw.ees_ga4_page"} <= set(found.made_of)
    assert {"plot.top_publications", "app.ees_daily_measures"} <= set(found.makes)
