"""App tables to plots. Each collects a few hundred rows at most."""

from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import all_contracts
from ees_analytics.lake.daily_tables import day_column
from ees_analytics.pipelines.plots.bars import plot_freshness, plot_top_publications
from ees_analytics.pipelines.plots.traffic import plot_daily_traffic

_SERVICE, _PUBLICATIONS = "app.ees_service_summary", "app.ees_publication_summary"
_ANNOTATIONS = "app.ees_annotations"


def create_pipeline() -> Pipeline:
    """Daily traffic, top publications, freshness.

    Tagged ``last``: a plot that fails does not hold back the publish step.
    """
    conf = {"run_date": "params:run_date", "daily_measures": "params:daily_measures"}
    inputs = conf | {name.replace(".", "__"): name for name in tables_by_day()}
    return Pipeline(
        [
            node(plot_daily_traffic, [_SERVICE, _ANNOTATIONS], "plot.daily_traffic", name="daily_traffic"),
            node(plot_top_publications, _PUBLICATIONS, "plot.top_publications", name="top_publications"),
            node(plot_freshness, inputs, "plot.freshness", name="freshness"),
        ],
        namespace="plots",
        prefix_datasets_with_namespace=False,
        tags=["last"],
    )


def tables_by_day() -> list[str]:
    """The tables that get new days: raw tables that grow by days or files, app tables with a date."""
    return sorted(
        name for name, contract in all_contracts().items() if day_column(contract) and not contract.frozen
    )
