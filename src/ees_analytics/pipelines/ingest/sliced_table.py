"""The wiring that all tables with slices share, days and log files alike."""

from __future__ import annotations

from collections.abc import Sequence

from kedro.pipeline import Node, Pipeline, node, pipeline

from ees_analytics.pipelines.ingest.nodes.load import load_slices
from ees_analytics.pipelines.ingest.nodes.record import record_slices


def sliced_table_pipeline(table: str, steps: Sequence[Node], parameters: set[str]) -> Pipeline:
    """The source's own steps of one raw table, with the steps ``load`` and ``record`` between them.

    Args:
        table: The raw table; the steps are named ``ingest.<table>.<step>``.
        steps: Nodes that read ``state``, ``landed`` and ``source``, make ``plan`` and ``landing``, and check the
            ``ledger``.
        parameters: Names of the parameters that these steps read.
    """
    shared = [
        node(load_slices, ["plan", "landing", "state", "params:load_limits"], "raw", name="load"),
        node(record_slices, ["raw", "plan", "landing", "state", "run_id"], "ledger", name="record"),
    ]
    return pipeline(
        [*steps, *shared],
        namespace=f"ingest.{table}",
        inputs={**{name: f"{name}.{table}" for name in ("state", "landed", "source")}, "run_id": "run_id"},
        outputs={name: f"{name}.{table}" for name in ("landing", "raw", "ledger")},
        parameters={*parameters, "load_limits"},
    )
