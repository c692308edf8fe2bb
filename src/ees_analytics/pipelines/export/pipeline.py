"""Wiring: each app table to one parquet file."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import contract_for, dashboard_tables
from ees_analytics.contracts.app.ees__last_updated import CONTRACT as LAST_UPDATED
from ees_analytics.pipelines.export.nodes import export_last_updated, exporter


def create_pipeline() -> Pipeline:
    """One node per table that the dashboard reads: ``app.<table>`` to ``export.<table>``."""
    functions = {table: exporter(contract_for(f"app.{table}")) for table in dashboard_tables()}
    functions[LAST_UPDATED.name] = export_last_updated
    return Pipeline(
        [
            node(function, f"app.{table}", f"export.{table}", name=f"export.{table}")
            for table, function in functions.items()
        ]
    )
