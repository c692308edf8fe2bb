"""Tables that no step makes, and inputs that nothing makes, are refused by name."""

import pytest
from kedro.config import BadConfigException
from kedro.pipeline import Pipeline, node
from pyspark.sql import DataFrame

from ees_analytics.pipelines.reporting import check_names, create_pipeline
from ees_analytics.pipelines.reporting.tables import table_node


def ees_service_weekdays(ees_service_sumary: DataFrame) -> DataFrame:
    return ees_service_sumary


def test_the_project_has_all_that_it_names():
    check_names(create_pipeline(), ["ees_service_summary"])


def test_a_declared_table_without_a_step():
    with pytest.raises(BadConfigException, match=r"No step makes app.ees_x, .* add `table_node\(ees_x\)`"):
        check_names(create_pipeline(), ["ees_service_summary", "ees_x"])


def test_a_misspelt_input_has_near_names():
    steps = create_pipeline() + Pipeline([table_node(ees_service_weekdays)])
    with pytest.raises(BadConfigException, match="reads `ees_service_sumary`.* mean app.ees_service_summary"):
        check_names(steps, [])


def test_a_step_whose_table_has_no_contract():
    steps = create_pipeline() + Pipeline([node(len, "params:x", "app.ees_service_sumary")])
    with pytest.raises(
        BadConfigException, match="makes app.ees_service_sumary, .* mean app.ees_service_summary"
    ):
        check_names(steps, [])


def test_parameters_and_other_steps_are_inputs():
    check_names(Pipeline([node(len, "params:x", "made"), node(len, "made", "app.ees_x")]), ["ees_x"])
