"""The last step: tell the dashboard that its tables changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import dashboard_tables
from ees_analytics.contracts.app.ees__last_updated import CONTRACT
from ees_analytics.parameters.dates import as_date
from ees_analytics.pipelines.reporting.nodes.ees__last_updated import last_updated

_ROWS, _STATE = "rows_", "state_"


def create_pipeline() -> Pipeline:
    """One node behind all tables. The tag ``last`` makes the runner wait until everything else succeeded."""
    tables = dashboard_tables()
    inputs = {
        "run_date": "params:run_date",
        **{f"{_ROWS}{table}": f"app.{table}" for table in tables},
        **{f"{_STATE}{table}": f"state.{table}" for table in [*tables, CONTRACT.name]},
    }
    step = node(
        publish,
        inputs,
        f"app.{CONTRACT.name}",
        name=CONTRACT.name,
        namespace="publish",
        tags=["last"],
    )
    return Pipeline([step])


def publish(run_date: str, **tables: Any) -> Iterator[pa.Table]:
    """Yield the one new row of ``ees__last_updated``, or nothing: then nothing is written.

    Args:
        run_date: The day of the run.
        tables: ``rows_<table>`` and ``state_<table>`` of every app table, the state of ``ees__last_updated`` among them. Most rows are not looked at:
            they are here so that this node waits for them.
    """
    moment = last_updated(
        tables[f"{_ROWS}ees_publication_summary"],
        tables[f"{_ROWS}ees_service_summary"],
        {name.removeprefix(_STATE): state for name, state in tables.items() if name.startswith(_STATE)},
        as_date(run_date),
        dt.datetime.now(dt.UTC),
    )
    if moment is not None:
        yield moment
