"""Operational table: what each table counts on each day. The run report's charts and anomalies read it."""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from kedro.pipeline import Pipeline, node
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.contracts import contract_for
from ees_analytics.parameters.annotations import Annotations
from ees_analytics.parameters.anomalies import AnomalySettings
from ees_analytics.parameters.daily_measures import ROWS, DailyMeasures
from ees_analytics.parameters.ingest import as_date
from ees_analytics.pipelines.reporting.anomalies import find_anomalies
from ees_analytics.transforms.sums import exact_sum

logger = logging.getLogger(__name__)

_NAME = "ees_daily_measures"
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
    rows = ees_daily_measures(daily_tables, daily_measures)
    today = as_date(run_date)
    oldest = anomalies.max_age_days + max(source.lag_days for source in daily_measures.sources)
    since = today - dt.timedelta(weeks=anomalies.weeks, days=oldest)
    recent = rows.filter(pc.field("date") >= since).to_pylist()
    return rows, find_anomalies(recent, today, anomalies, daily_measures, annotations)


def ees_daily_measures(daily_tables: Readers, daily_measures: DailyMeasures) -> pa.Table:
    """One row is what one table counts on one day, in one measure. Tables that cannot be read are left out, with a warning.

    Args:
        daily_tables: Catalogue name to a function that gives the table's rows, or None where there is no such table.
        daily_measures: What is counted, and the sources of the tables.
    """
    frames = {}
    for name, read in daily_tables.items():
        try:
            if (rows := read()) is not None:
                frames[name] = _measures(rows, name.partition(".")[2], daily_measures)
        except Exception as error:
            _warn(name, error)
    found = pa.concat_tables(
        [contract_for(f"app.{_NAME}").empty(), *_collected(frames)], promote_options="permissive"
    )
    return found.filter(pc.is_finite(found["value"]))


def _measures(rows: DataFrame, table: str, conf: DailyMeasures) -> DataFrame:
    """The sums of one table, with the columns of the app table."""
    measures, source = conf.measures(table, rows.columns), conf.source_of(table)
    sums = [exact_sum(F.col(column)).alias(measure) for measure, column in measures.items()]
    days = (
        rows.where(F.col("date").isNotNull())
        .groupBy("date")
        .agg(F.count(F.lit(1)).cast("double").alias(ROWS), *sums)
    )
    pairs = [
        F.struct(F.lit(name).alias("measure"), F.col(f"`{name}`").alias("value"))
        for name in (ROWS, *measures)
    ]
    name = F.lit(source.source)
    if source.since:
        name = F.when(F.col("date") < F.lit(source.since), F.lit(source.before)).otherwise(name)
    each = days.select("date", name.alias("source"), F.explode(F.array(*pairs)).alias("found"))
    return each.select("date", "source", F.lit(table).alias("table_name"), "found.measure", "found.value")


def _collected(frames: Mapping[str, DataFrame]) -> list[pa.Table]:
    """The rows, by one query; where that fails, table by table."""
    if not frames:
        return []
    try:
        return [reduce(DataFrame.unionByName, frames.values()).toArrow()]
    except Exception as error:
        if len(frames) > 1:
            return [table for name, rows in frames.items() for table in _collected({name: rows})]
        _warn(next(iter(frames)), error)
        return []


def _warn(name: str, error: Exception) -> None:
    logger.warning("%s could not be read, so %s lacks it: %s", name, _NAME, str(error).partition("\n")[0])
