"""Operational table: what each table counts on each day. The run report's charts and anomalies read it."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from kedro.pipeline import Pipeline, node
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.console.text import values_by_key
from ees_analytics.contracts import contract_for
from ees_analytics.parameters.annotations import Annotations
from ees_analytics.parameters.anomalies import AnomalySettings
from ees_analytics.parameters.daily_measures import ROWS, DailyMeasures, Source
from ees_analytics.parameters.ingest import as_date
from ees_analytics.pipelines.reporting.anomalies import find_anomalies
from ees_analytics.transforms.sums import exact_sum

logger = logging.getLogger(__name__)

_NAME = "ees_daily_measures"
_SCHEMA = contract_for(f"app.{_NAME}").empty().schema
_QUERIES_AT_ONCE = 2
"""Nothing else runs beside this step, so one query at a time would leave cores idle."""

Readers = Mapping[str, Callable[[], DataFrame | None]]


def create_pipeline() -> Pipeline:
    """One node, which runs after everything else, whatever came of it."""
    parameters = [f"params:{name}" for name in ("run_date", "daily_measures", "anomalies", "annotations")]
    outputs = [f"app.{_NAME}", "daily_measures.anomalies"]
    made = node(measures_and_anomalies, ["daily_tables", *parameters], outputs, name=_NAME)
    return Pipeline([made], tags=["operational", "finally"])


def measures_and_anomalies(
    daily_tables: Readers,
    run_date: str,
    daily_measures: DailyMeasures,
    anomalies: AnomalySettings,
    annotations: Annotations,
) -> tuple[pa.Table, list[dict[str, Any]]]:
    """The rows of the table, and the measures whose newest complete day stands out (see ``find_anomalies``)."""
    today = as_date(run_date)
    rows = ees_daily_measures(daily_tables, daily_measures, today)
    oldest = anomalies.max_age_days + max(source.lag_days for source in daily_measures.sources)
    since = today - dt.timedelta(weeks=anomalies.weeks, days=oldest)
    recent = rows.filter(pc.field("date") >= since).to_pylist()
    return rows, find_anomalies(recent, today, anomalies, daily_measures, annotations)


def ees_daily_measures(daily_tables: Readers, daily_measures: DailyMeasures, today: dt.date) -> pa.Table:
    """One row is what one table counts on one day, in one measure. Tables that cannot be read are left out, with a warning.

    Args:
        daily_tables: Catalogue name to a function that gives the table's rows, or None where there is no such table.
        daily_measures: What is counted, for how many days, and the sources of the tables.
        today: The day of the run.
    """
    since = today - dt.timedelta(days=daily_measures.days)
    frames, measures = {}, {}
    for name, read in daily_tables.items():
        table = name.partition(".")[2]
        try:
            if (rows := read()) is not None:
                measures[table] = daily_measures.measures(table, rows.columns)
                frames[table] = _counted(rows, table, measures[table].values(), since)
        except Exception as error:
            _warn(table, error)
    alike = values_by_key((len(measures[table]), (table, rows)) for table, rows in frames.items())
    with ThreadPoolExecutor(_QUERIES_AT_ONCE) as pool:
        sums = [*chain.from_iterable(pool.map(_sums, map(dict, alike.values())))]
    found = [_SCHEMA.empty_table()]
    for table, days in sums:
        found += _long(days, table, measures[table], daily_measures.source_of(table))
    rows = pa.concat_tables(found)
    return rows.filter(pc.is_finite(rows["value"]))


def _counted(rows: DataFrame, table: str, columns: Iterable[str], since: dt.date) -> DataFrame:
    """Of the days since this one the table's name, the day, and the columns that are summed, which are called 1, 2, 3 and so on."""
    counts = [F.col(column).cast("double").alias(str(number)) for number, column in enumerate(columns, 1)]
    return rows.where(F.col("date") >= F.lit(since)).select(F.lit(table).alias("table_name"), "date", *counts)


def _sums(frames: Mapping[str, DataFrame]) -> list[tuple[str, pa.Table]]:
    """The number of rows (column 0) and the sums of each table by day. One query; where it fails, one for each table.

    All frames have the same columns. A query for each table would take many times as long on the JVM.
    """
    try:
        rows = reduce(DataFrame.unionByName, frames.values())
        sums = [exact_sum(F.col(name)).alias(name) for name in rows.columns[2:]]
        found = (
            rows.groupBy("table_name", "date").agg(F.count("*").cast("double").alias("0"), *sums).toArrow()
        )
        return [(table, found.filter(pc.field("table_name") == table)) for table in frames]
    except Exception as error:
        if len(frames) == 1:
            _warn(next(iter(frames)), error)
            return []
        return [*chain.from_iterable(_sums({table: frame}) for table, frame in frames.items())]


def _long(days: pa.Table, table: str, measures: Iterable[str], source: Source) -> list[pa.Table]:
    """A table's sums as rows of the app table: one Arrow table for each measure."""
    names = pa.repeat(source.source, days.num_rows)
    if source.before:
        names = pc.if_else(pc.less(days["date"], pa.scalar(source.before.day)), source.before.source, names)
    return [
        pa.table(
            [days["date"], names, days["table_name"], pa.repeat(measure, days.num_rows), days[str(number)]],
            _SCHEMA.names,
        ).cast(_SCHEMA)
        for number, measure in enumerate([ROWS, *measures])
    ]


def _warn(name: str, error: Exception) -> None:
    logger.warning("%s could not be read, so %s lacks it: %s", name, _NAME, str(error).partition("\n")[0])
