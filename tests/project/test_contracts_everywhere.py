"""Every table that is saved has a contract, and the catalogue applies it."""

from __future__ import annotations

import pytest
from kedro.pipeline import Pipeline, node
from kedro.validation.core import ValidatorSpec, resolve_validator

from ees_analytics.contracts import UnknownTable, all_contracts, contract_for
from ees_analytics.pipeline_registry import register_pipelines
from tests.project.catalogue import ENVIRONMENTS, entry_of


def tables_saved(pipelines: dict[str, Pipeline]) -> set[str]:
    """Catalogue names of the raw and app tables that some node writes."""
    saved = {name for pipeline in pipelines.values() for step in pipeline.nodes for name in step.outputs}
    return {name for name in saved if name.startswith(("raw.", "app."))}


def without_contract(pipelines: dict[str, Pipeline]) -> set[str]:
    """Tables that a node writes and no contract declares."""
    return tables_saved(pipelines) - set(all_contracts())


def test_every_saved_table_has_a_contract():
    assert tables_saved(register_pipelines())
    assert without_contract(register_pipelines()) == set()


def test_that_guard_can_fail():
    rogue = Pipeline([node(lambda rows: rows, "raw.ees_ga4_page", "app.ees_rogue", name="rogue")])
    assert without_contract({"rogue": rogue}) == {"app.ees_rogue"}


@pytest.mark.parametrize("env", ENVIRONMENTS)
@pytest.mark.parametrize("table", sorted(tables_saved(register_pipelines())))
def test_the_catalogue_validates_every_saved_table(env, table):
    spec = ValidatorSpec.from_dataset_config(table, entry_of(env, table)["validator"])
    assert (spec.on, spec.severity, spec.enabled) == (("save",), "error", True)
    assert spec.options == {"table": table}
    assert resolve_validator(spec)


def test_a_table_without_contract_is_named():
    with pytest.raises(UnknownTable, match="contracts/app/ees_rogue.py"):
        contract_for("app.ees_rogue")
