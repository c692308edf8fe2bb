"""App tables to plots. Each collects a few hundred rows at most."""

import datetime as dt
from collections.abc import Mapping
from functools import reduce
from textwrap import wrap
from typing import Any

import pyarrow as pa
from kedro.pipeline import Pipeline, node
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.contracts import all_contracts
from ees_analytics.contracts.contract import FILE_DATE
from ees_analytics.parameters.ingest import as_date

_SERVICE, _PUBLICATIONS = "app.ees_service_summary", "app.ees_publication_summary"
_ANNOTATIONS = "app.ees_annotations"
_TOP = 15
_RECENT_DAYS = 365
_BLUE, _ORANGE, _GREY, _BROWN = "#12436D", "#C9500F", "#66757F", "#A86A4B"
"""Contrast of each is at least 3 to 1, on white and on the grey behind Kedro-Viz's previews."""
_LAYOUT: Mapping[str, Any] = {
    "template": "plotly_white",
    "margin": {"l": 20, "r": 20, "t": 60, "b": 40},
    "yaxis": {"automargin": True},
    "xaxis": {"automargin": True},
}
_BAND = {
    "type": "rect",
    "yref": "paper",
    "y0": 0,
    "y1": 1,
    "fillcolor": "#B1B4B6",
    "line": {"color": _GREY, "width": 1},
}
_MARK = {
    "yref": "paper",
    "y": 1,
    "yanchor": "bottom",
    "text": "break",
    "showarrow": False,
    "font": {"size": 10},
}
_WIDTH = 60
"""Characters in a line of a text that appears under the pointer."""
_DAYS_AXIS = {"automargin": True, "title": {"text": "Days"}, "tickformat": "d", "rangemode": "tozero"}
_MOST_TICKS = 10


def create_pipeline() -> Pipeline:
    """Daily traffic, top publications, freshness.

    Tagged ``last``: a plot that fails does not hold back the publish step.
    """
    inputs = {"run_date": "params:run_date"} | {name.replace(".", "__"): name for name in tables_by_day()}
    return Pipeline(
        [
            node(plot_daily_traffic, [_SERVICE, _ANNOTATIONS], "plot.daily_traffic", name="daily_traffic"),
            node(plot_top_publications, _PUBLICATIONS, "plot.top_publications", name="top_publications"),
            node(plot_freshness, inputs, "plot.freshness", name="freshness"),
        ],
        namespace="plots",
        prefix_datasets_with_namespace=False,
        tags=["last"],
    )


def tables_by_day() -> list[str]:
    """The tables that get new days: raw tables that grow by days or files, app tables with a date."""
    return sorted(
        name
        for name, contract in all_contracts().items()
        if contract.slice_column
        or (contract.layer == "app" and "date" in contract.column_names and not contract.operational)
    )


def plot_daily_traffic(ees_service_summary: DataFrame, ees_annotations: DataFrame) -> Any:
    """Sessions and page views of the service day by day, with their 7-day averages, for the last year.

    Known breaks in the series of any table are marked; the text appears when the pointer is on the mark.
    """
    rows = ees_service_summary.orderBy(F.col("date").desc()).limit(_RECENT_DAYS).orderBy("date").toArrow()
    lines = [
        _line(rows, "pageviews", "Page views", _GREY, width=1),
        _line(rows, "pageviews_avg7", "Page views, 7-day average", _BLUE, width=3),
        _line(rows, "sessions", "Sessions", _BROWN, width=1),
        _line(rows, "sessions_avg7", "Sessions, 7-day average", _ORANGE, width=3),
    ]
    breaks = _breaks(ees_annotations, rows["date"].to_pylist())
    return _figure(lines, "Sessions and page views a day", legend={"orientation": "h", "y": -0.15}, **breaks)


def plot_top_publications(ees_publication_summary: DataFrame) -> Any:
    """The publications with the most page views in the newest 28 days."""
    newest = ees_publication_summary.agg(F.max("date")).first()
    last = newest[0] if newest and newest[0] else dt.date(1970, 1, 1)
    recent = ees_publication_summary.where(F.col("date") > F.lit(last - dt.timedelta(days=28)))
    summed = recent.groupBy("publication").agg(F.sum("pageviews").alias("pageviews"))
    rows = summed.orderBy(F.col("pageviews").desc(), "publication").limit(_TOP).toArrow().to_pylist()[::-1]
    bars = _bars([row["pageviews"] for row in rows], [row["publication"] for row in rows])
    # Titles that begin alike stay two bars: they are shortened on the axis only.
    names = {
        "tickvals": bars["y"],
        "ticktext": [name if len(name) <= 45 else f"{name[:44]}…" for name in bars["y"]],
    }
    title = f"Page views, top {_TOP}, 28 days to {last}"
    return _figure([bars], title, height=560, yaxis={**_LAYOUT["yaxis"], **names})


def plot_freshness(run_date: str, **tables: DataFrame) -> Any:
    """The age of each table's newest day, in days before the run. Tables are named ``<layer>__<table>``."""
    newest = [_newest(name.replace("__", ".", 1), frame) for name, frame in sorted(tables.items())]
    found = reduce(DataFrame.unionByName, newest).toArrow().to_pylist()
    days = {row["table"]: (as_date(run_date) - row["newest"]).days for row in found if row["newest"]}
    order = sorted(days, key=lambda name: (days[name], name), reverse=True)
    whole_days = {"dtick": 1 + max(days.values(), default=0) // _MOST_TICKS}
    return _figure(
        [_bars([days[name] for name in order], order)],
        f"Age of each table's newest day on {run_date}",
        height=200 + 22 * len(order),
        xaxis={**_DAYS_AXIS, **whole_days},
        yaxis={**_LAYOUT["yaxis"], "tickfont": {"size": 10}},
    )


def _breaks(annotations: DataFrame, days: list[dt.date]) -> dict[str, Any]:
    """Marks of the breaks within these days: a band from the first to the last day, and a text above it."""
    shapes, texts = [], []
    for row in annotations.orderBy("first_date").toArrow().to_pylist():
        first, last = row["first_date"], row["last_date"] or row["first_date"]
        if not days or last < days[0] or first > days[-1]:
            continue
        shapes.append({**_BAND, "x0": first.isoformat(), "x1": last.isoformat()})
        hover = "<br>".join([*wrap(row["text"], _WIDTH), *wrap(row["tables"], _WIDTH)])
        texts.append({**_MARK, "x": max(first, days[0]).isoformat(), "hovertext": hover})
    return {"shapes": shapes, "annotations": texts}


def _newest(name: str, frame: DataFrame) -> DataFrame:
    column = FILE_DATE if FILE_DATE in frame.columns else "date"
    return frame.agg(F.max(column).cast("date").alias("newest")).select(F.lit(name).alias("table"), "newest")


def _bars(lengths: list[float], names: list[str]) -> dict[str, Any]:
    return {"type": "bar", "orientation": "h", "marker": {"color": _BLUE}, "x": lengths, "y": names}


def _line(rows: pa.Table, column: str, name: str, colour: str, width: int) -> dict[str, Any]:
    days = [day.isoformat() for day in rows["date"].to_pylist()]
    values, style = rows[column].to_pylist(), {"color": colour, "width": width}
    return {"type": "scatter", "mode": "lines", "x": days, "y": values, "name": name, "line": style}


def _figure(traces: list[dict[str, Any]], title: str, **layout: Any) -> Any:
    from plotly.graph_objects import Figure  # a cluster has no plotly, and runs no plots

    return Figure({"data": traces, "layout": {**_LAYOUT, "title": {"text": title}, **layout}})
