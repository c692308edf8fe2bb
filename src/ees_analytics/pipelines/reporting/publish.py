"""The last step: update the dashboard's cache key, ``ees__last_updated``."""

import datetime as dt
import logging
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pyarrow as pa
from kedro.pipeline import Pipeline, node
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.console.text import few_ranges
from ees_analytics.contracts import contract_for, dashboard_tables
from ees_analytics.parameters.ingest import KnownDays, as_date
from ees_analytics.slices.days import Days, days_of, gaps, known_to_lack
from ees_analytics.slices.state import TableState

CONTRACT = contract_for("app.ees__last_updated")

logger = logging.getLogger(__name__)

_ROWS, _STATE, _RAW = "rows_", "state_", "raw_"
_LAG = dt.timedelta(days=2)
"""Google Analytics is complete this long after the day."""

_COMPLETE_DAYS = 14
"""How many of the newest days no table of Google Analytics may lack."""


def create_pipeline(sources: Collection[str]) -> Pipeline:
    """One node that reads every table, and those of Google Analytics 4 among the ``sources`` of the app tables.

    The tag ``last`` makes the runner wait until everything else succeeded.
    """
    tables = dashboard_tables()
    inputs = {
        "run_date": "params:run_date",
        **{f"{_ROWS}{table}": f"app.{table}" for table in tables},
        **{f"{_RAW}{name[4:]}": name for name in sorted(sources) if name.startswith("raw.ees_ga4_")},
        "ledger": "raw.ees_ingest_ledger",
        "known_days": "params:known_days",
        **{f"{_STATE}{table}": f"state.{table}" for table in [*tables, CONTRACT.name]},
    }
    name = CONTRACT.name
    return Pipeline([node(publish, inputs, f"app.{name}", name=name, namespace="publish", tags=["last"])])


def publish(run_date: str, known_days: KnownDays, ledger: DataFrame, **tables: Any) -> Iterator[pa.Table]:
    """Yields the new row of ``ees__last_updated``, or nothing: then nothing is written.

    Args:
        run_date: The day of the run.
        known_days: Days that a person declares empty or lost; they are not waited for.
        ledger: The rows of the ingest ledger.
        tables: ``rows_<table>`` of the dashboard's tables, to wait for them, ``state_<table>`` of all tables, and
            ``raw_<table>`` of those of Google Analytics 4.
    """
    states, raw = (
        {name.removeprefix(kind): found for name, found in tables.items() if name.startswith(kind)}
        for kind in (_STATE, _RAW)
    )
    newest = as_date(run_date) - _LAG
    days = days_of(raw, newest - dt.timedelta(days=_COMPLETE_DAYS - 1))
    known = known_to_lack(ledger, raw, [*known_days.known_empty, *known_days.known_gaps])
    if lacking := lacking_days(days, known, newest):
        found = "; ".join(f"{table} lacks {few_ranges(missing)}" for table, missing in lacking.items())
        logger.warning("ees__last_updated stays as it is: %s.", found)
        return
    publications, service = (tables[f"{_ROWS}ees_{name}_summary"] for name in ("publication", "service"))
    moment = last_updated(publications, service, states, as_date(run_date), dt.datetime.now(dt.UTC))
    if moment is not None:
        yield moment


def lacking_days(days: Days, known: Days, newest: dt.date) -> dict[str, list[str]]:
    """Which tables lack which of these days.

    Args:
        days: The newest days of each table.
        known: Days that a table rightly lacks.
        newest: The day up to which tables are complete, from the first day that any of them has.
    """
    held = {day for name in days for day in days[name]}
    last = newest.isoformat()
    found = {name: gaps(days[name], known.get(name, ()), {*held, last}) for name in days}
    return {name: lacking for name, lacking in found.items() if lacking}


def last_updated(
    publication_summary: DataFrame,
    service_summary: DataFrame,
    states: Mapping[str, TableState],
    run_date: dt.date,
    now: dt.datetime,
) -> pa.Table | None:
    """The one row to write, or None where the table stays as it is.

    The states are those of every app table, this one among them; ``now`` has a time zone.
    """
    expected = run_date - _LAG
    newest = {
        "ees_publication_summary": _newest_day(publication_summary),
        "ees_service_summary": _newest_day(service_summary),
    }
    if set(newest.values()) != {expected}:
        found = ", ".join(f"{table} ends {day or 'before its first day'}" for table, day in newest.items())
        logger.warning("ees__last_updated stays as it is: expected data up to %s, but %s.", expected, found)
        return None
    previous = states[CONTRACT.name].rows()
    is_behind = previous.num_rows == 0 or previous["latest_data"][0].as_py() < expected
    if not (is_behind or _changed_since(states, previous)):
        logger.info("ees__last_updated stays as it is: no table changed.")
        return None
    return pa.Table.from_pylist([{"last_updated": now, "latest_data": expected}], CONTRACT.empty().schema)


def _newest_day(rows: DataFrame) -> dt.date | None:
    row = rows.agg(F.max("date").alias("day")).first()
    return row["day"] if row else None


def _changed_since(states: Mapping[str, TableState], previous: pa.Table) -> bool:
    """Compare commits with commits: they share a clock, which need not be this machine's."""
    since = states[CONTRACT.name].changed_at or previous["last_updated"][0].as_py()
    return any(state.changed_at and state.changed_at > since for state in states.values())
