"""Raw tables to app tables: one module per theme of the dashboard, one node per table."""

from collections.abc import Collection

from kedro.config import BadConfigException
from kedro.pipeline import Pipeline

from ees_analytics.console.text import did_you_mean
from ees_analytics.contracts import all_contracts
from ees_analytics.pipelines.reporting import (
    coverage,
    daily_measures,
    events,
    public_api,
    publications,
    reading_time,
    search,
    service,
    time_on_page,
    traffic,
    unclassified,
)

PAGES_AND_EVENTS = (traffic, time_on_page, events, publications, unclassified, coverage)
"""The themes that share rows and labels."""


_FROM_CATALOGUE = ("daily_tables",)
"""Datasets without a layer in their name that the catalogue has."""


def create_pipeline() -> Pipeline:
    """Every app table but ``ees__last_updated``, which ``publish`` writes; nodes are named ``reporting.<theme>.<step>``.

    No theme reads what a theme that reads it makes: Kedro-Viz draws each as one box, from left to right.
    """
    themes = (*PAGES_AND_EVENTS, search, public_api, service, reading_time, daily_measures)
    return Pipeline([_namespaced(theme.create_pipeline(), theme.__name__) for theme in themes])


def check_names(pipeline: Pipeline, tables: Collection[str]) -> None:
    """Refuse app tables that no step makes or no contract declares, and inputs of steps that are neither a table nor made by a step.

    Args:
        pipeline: The steps of all app tables.
        tables: The app tables that contracts declare.

    Raises:
        BadConfigException: Names them, and near names.
    """
    made = {*pipeline.all_outputs(), *_FROM_CATALOGUE}
    if unmade := [name for name in sorted(tables) if f"app.{name}" not in made]:
        name = unmade[0]
        raise BadConfigException(
            f"No step makes app.{name}, which contracts/app/{name}.yml declares: add `table_node({name})` to "
            "create_pipeline of its module in pipelines/reporting. See docs/how-to/add-an-app-table.md."
        )
    for step in pipeline.nodes:
        for name in {name for name in step.inputs if "." not in name and ":" not in name} - made:
            known = {*made, *(contract.name for contract in all_contracts().values())}
            raise BadConfigException(
                f"The step {step.name} reads `{name}`, which is not a table, and no step makes it. "
                f"{did_you_mean(name, known)}".rstrip()
            )
    declared = {f"app.{name}" for name in tables} | all_contracts().keys()
    if undeclared := sorted(name for name in made - declared if name.startswith("app.")):
        near = did_you_mean(undeclared[0], declared)
        raise BadConfigException(
            f"A step makes {undeclared[0]}, which has no contract. {near} A new table is declared in src/ees_analytics/contracts/"
            f"app/{undeclared[0].removeprefix('app.')}.yml: see docs/how-to/add-an-app-table.md."
        )


def _namespaced(pipeline: Pipeline, module: str) -> Pipeline:
    theme = module.rpartition(".")[2]
    return Pipeline(
        pipeline,
        namespace=f"reporting.{theme}",
        prefix_datasets_with_namespace=False,
        tags=["app", theme],
    )
