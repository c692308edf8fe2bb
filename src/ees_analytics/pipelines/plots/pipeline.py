"""Wiring: three plots."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node, pipeline

from ees_analytics.contracts import all_contracts
from ees_analytics.pipelines.plots.nodes import plot_daily_traffic, plot_freshness, plot_top_publications

_SERVICE, _PUBLICATIONS = "app.ees_service_summary", "app.ees_publication_summary"


def create_pipeline() -> Pipeline:
    """Daily traffic, top publications, freshness. Tagged ``last``: a plot that fails does not hold back the publish step."""
    tables = {name.replace(".", "__"): name for name in tables_by_day()}
    steps = [
        node(plot_daily_traffic, _SERVICE, "plot.daily_traffic", name="daily_traffic"),
        node(plot_top_publications, _PUBLICATIONS, "plot.top_publications", name="top_publications"),
        node(plot_freshness, {"run_date": "params:run_date", **tables}, "plot.freshness", name="freshness"),
    ]
    return pipeline(
        steps,
        namespace="plots",
        inputs=set(tables.values()),
        outputs={name for step in steps for name in step.outputs},
        parameters={"run_date"},
        tags=["last"],
    )


def tables_by_day() -> list[str]:
    """The tables that get new days: raw tables that grow by days or files, app tables with a date."""
    contracts = all_contracts()
    return sorted(
        name
        for name, contract in contracts.items()
        if contract.slice_column or (contract.layer == "app" and "date" in contract.column_names)
    )
