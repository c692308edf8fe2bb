"""Every table that is saved has a contract, and the catalogue applies it."""

from __future__ import annotations

import pytest
from kedro.pipeline import Pipeline, node
from kedro.validation.core import ValidatorSpec, resolve_validator

from ees_analytics.contracts import UnknownTable, all_contracts, contract_for, read_contract
from ees_analytics.contracts.contract import ContractError
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
    assert spec.options["table"] == table
    assert spec.options.keys() <= {"table", "max_collected_rows"}
    assert resolve_validator(spec)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("columns: {name: {type: STRING, description: x, minimun: 0}}", "minimun"),
        ("columns: {name: {type: TEXT, description: x}}", r"columns\.name\.type: .*TEXT"),
        ("colums: {name: {type: STRING, description: x}}", "it needs `columns`"),
        ("columns: [name]", "it needs `columns`"),
        ("columns: {name: {type: STRING description: x}}", "line 2: this is not valid YAML"),
        ("kee: [name]\ncolumns: {name: {type: STRING, description: x}}", "kee"),
        ("key: [nme]\ncolumns: {name: {type: STRING, description: x}}", "nme"),
    ],
)
def test_a_mistake_in_a_contract_is_refused_with_its_file(tmp_path, declared, message):
    (tmp_path / "app").mkdir()
    file = tmp_path / "app" / "ees_rogue.yml"
    file.write_text(f"description: rows\n{declared}\n")
    with pytest.raises(ContractError, match=rf"(?s)app/ees_rogue\.yml.*{message}"):
        read_contract(file)


def test_a_table_without_contract_is_named():
    with pytest.raises(UnknownTable, match="contracts/app/ees_rogue.yml"):
        contract_for("app.ees_rogue")
