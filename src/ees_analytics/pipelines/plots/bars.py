"""The plots with bars: the publications that are viewed most, and the freshness of the tables."""

import datetime as dt
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.daily_measures import DailyMeasures
from ees_analytics.parameters.ingest import as_date
from ees_analytics.pipelines.plots.figure import BLUE, LAYOUT, ORANGE, figure_of
from ees_analytics.slices.days import days_of

_TOP = 15
_SUMMED_DAYS = 28
_DAYS_AXIS = {"automargin": True, "title": {"text": "Days"}, "tickformat": "d", "rangemode": "tozero"}
_MOST_TICKS = 10


def plot_top_publications(ees_publication_summary: DataFrame) -> Any:
    """The publications with the most page views in the newest 28 days; the title says how many of these have data."""
    with_data = ees_publication_summary.where("pageviews > 0").select("date").distinct()
    days = with_data.orderBy(F.col("date").desc()).limit(_SUMMED_DAYS).toArrow()["date"].to_pylist()
    last = days[0] if days else dt.date(1970, 1, 1)
    first = last - dt.timedelta(days=_SUMMED_DAYS - 1) if days else last
    recent = ees_publication_summary.where(F.col("date").between(F.lit(first), F.lit(last)))
    summed = recent.groupBy("publication").agg(F.sum("pageviews").alias("pageviews"))
    rows = summed.orderBy(F.col("pageviews").desc(), "publication").limit(_TOP).toArrow().to_pylist()[::-1]
    bars = _bars([row["pageviews"] for row in rows], [row["publication"] for row in rows])
    # Titles that begin alike stay two bars: they are shortened on the axis only.
    names = {
        "tickvals": bars["y"],
        "ticktext": [name if len(name) <= 45 else f"{name[:44]}…" for name in bars["y"]],
    }
    found = sum(day >= first for day in days)
    lacking = "" if found == _SUMMED_DAYS else f" ({found} with data)"
    period = f"{_SUMMED_DAYS} days to {last}{lacking}" if days else "no data yet"
    return figure_of(
        [bars], f"Page views, top {_TOP}, {period}", height=560, yaxis={**LAYOUT["yaxis"], **names}
    )


def plot_freshness(run_date: str, daily_measures: DailyMeasures, **tables: DataFrame) -> Any:
    """The age of each table's newest day, in days before the run, by layer; what is late has another colour and says so.

    A table is late if its newest day is earlier than its source should have. Tables are named ``<layer>__<table>``.
    """
    days = days_of({name.replace("__", ".", 1): frame for name, frame in tables.items()})
    run = as_date(run_date)
    ages = {name: (run - as_date(max(found))).days for name, found in days.items() if found}
    due = {
        name: (run - daily_measures.source_of(name.partition(".")[2]).expected_day(run)).days for name in ages
    }
    order = sorted(ages, key=lambda name: (name.partition(".")[0], ages[name], name), reverse=True)
    late = {name for name in order if ages[name] > due[name]}
    bars = {
        **_bars([ages[name] for name in order], _by_layer(order)),
        "marker": {"color": [ORANGE if name in late else BLUE for name in order]},
        "text": [f"late: {due[name]} expected" if name in late else "" for name in order],
    }
    return figure_of(
        [bars],
        f"Age of each table's newest day on {run_date}, {len(late) or 'none'} late",
        height=200 + 22 * len(order),
        xaxis={**_DAYS_AXIS, "dtick": 1 + max(ages.values(), default=0) // _MOST_TICKS},
        yaxis={**LAYOUT["yaxis"], "tickfont": {"size": 10}, "showdividers": False},
    )


def _by_layer(names: list[str]) -> list[list[str]]:
    """The layer and the bare name of each table: an axis of two levels."""
    return [list(part) for part in zip(*(name.split(".", 1) for name in names), strict=True)] or [[], []]


def _bars(lengths: list[float], names: list[Any]) -> dict[str, Any]:
    return {"type": "bar", "orientation": "h", "marker": {"color": BLUE}, "x": lengths, "y": names}
