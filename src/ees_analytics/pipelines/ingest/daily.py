"""The steps that every daily table goes through, whatever its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kedro.pipeline import Pipeline, node, pipeline

from ees_analytics.pipelines.ingest.nodes.load import load_slices
from ees_analytics.pipelines.ingest.nodes.plan import plan_days
from ees_analytics.pipelines.ingest.nodes.record import check_days, record_slices


def daily_pipeline(table: str, land: Callable[..., Any], settings: str, calendar: str) -> Pipeline:
    """Plan, land, load, record and check one table whose slices are days.

    Args:
        table: The raw table; its source is ``source.<table>``.
        land: Node function: plan, source, state, settings, calendar and range to a lazy mapping from day to a
            callable that fetches it.
        settings: Name of the source's parameters.
        calendar: Name of the table's ``DailyCalendar`` among the parameters.
    """
    days = [f"params:{calendar}", "params:ingest_range"]
    steps = [
        node(plan_days, ["state", "landed", *days], "plan", name="plan"),
        node(land, ["plan", "source", "state", f"params:{settings}", *days], "landing", name="land"),
        node(load_slices, ["plan", "landing", "state", "params:load_limits"], "raw", name="load"),
        node(record_slices, ["raw", "plan", "landing", "state", "run_id"], "ledger", name="record"),
        node(check_days, ["ledger", "plan", "landing", "state", *days], "outcome", name="check"),
    ]
    return pipeline(
        steps,
        namespace=f"ingest.{table}",
        inputs={
            "state": f"state.{table}",
            "landed": f"landed.{table}",
            "source": f"source.{table}",
            "run_id": "run_id",
        },
        outputs={"landing": f"landing.{table}", "raw": f"raw.{table}", "ledger": f"ledger.{table}"},
        parameters={settings, calendar, "ingest_range", "load_limits"},
    )
