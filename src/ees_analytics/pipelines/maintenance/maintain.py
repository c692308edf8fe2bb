"""Maintenance: one step per table."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import all_contracts
from ees_analytics.pipelines.maintenance.nodes.maintain import order_upkeep


def create_pipeline() -> Pipeline:
    """Tidy up every raw and app table."""
    tables = [contract.name for contract in all_contracts().values()]
    return Pipeline(
        [
            node(order_upkeep, "params:maintain", f"upkeep.{table}", name=f"maintain.{table}")
            for table in tables
        ]
    )
