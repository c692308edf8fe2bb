"""The pipeline of a table whose slices are days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kedro.pipeline import Pipeline, node

from ees_analytics.pipelines.ingest.nodes.plan import plan_days
from ees_analytics.pipelines.ingest.nodes.record import check_days
from ees_analytics.pipelines.ingest.sliced_table import sliced_table_pipeline


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
        node(check_days, ["ledger", "plan", "landing", "state", *days], "outcome", name="check"),
    ]
    return sliced_table_pipeline(table, steps, {settings, calendar, "ingest_range"})
