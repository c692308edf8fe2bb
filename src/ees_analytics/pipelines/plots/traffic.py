"""The plot of daily traffic."""

import datetime as dt
from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ees_analytics.parameters.ingest import days_between
from ees_analytics.pipelines.plots.figure import BLUE, BROWN, GREY, ORANGE, figure_of

_RECENT_DAYS = 365
_AVERAGED = 7
"""Rows in an average of the table."""
_SPAN_HOVER = "%{x}: %{y:,.1f}<br>%{customdata}"
_BAND = {
    "type": "rect",
    "yref": "paper",
    "y0": 0,
    "y1": 1,
    "fillcolor": "#B1B4B6",
    "line": {"color": GREY, "width": 1},
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


def plot_daily_traffic(ees_service_summary: DataFrame, ees_annotations: DataFrame) -> Any:
    """Sessions and page views of the service day by day, with their 7-day averages, for the last year.

    A day without data is a gap. The averages are the table's: of seven days with data, and the pointer shows over how many
    days these are spread. Known breaks in the series of any table are marked; the text appears when the pointer is on it.
    """
    newest = ees_service_summary.orderBy(F.col("date").desc()).limit(_RECENT_DAYS + _AVERAGED - 1)
    rows = newest.orderBy("date").toArrow()
    spans = _spans(rows["date"].to_pylist())
    shown = rows.slice(max(0, rows.num_rows - _RECENT_DAYS))
    lines = [
        _line(shown, "pageviews", "Page views", GREY, width=1),
        _line(shown, "pageviews_avg7", "Page views, 7-day average", BLUE, width=3, spans=spans),
        _line(shown, "sessions", "Sessions", BROWN, width=1),
        _line(shown, "sessions_avg7", "Sessions, 7-day average", ORANGE, width=3, spans=spans),
    ]
    breaks = _breaks(ees_annotations, shown["date"].to_pylist())
    return figure_of(
        lines, "Sessions and page views a day", legend={"orientation": "h", "y": -0.15}, **breaks
    )


def _spans(days: list[dt.date]) -> dict[dt.date, str]:
    """Day to the days over which the seven rows up to it are spread."""
    return {
        last: f"7 days with data of the {(last - first).days + 1} from {first}"
        for first, last in zip(days, days[_AVERAGED - 1 :], strict=False)
    }


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


def _line(
    rows: pa.Table,
    column: str,
    name: str,
    colour: str,
    width: int,
    spans: Mapping[dt.date, str] | None = None,
) -> dict[str, Any]:
    """A line with a gap at each day without a row; a day between two gaps is a point."""
    values = dict(zip(rows["date"].to_pylist(), rows[column].to_pylist(), strict=True))
    days = days_between(min(values), max(values)) if values else []
    by_day = {day.isoformat(): (value, (spans or {}).get(day)) for day, value in values.items()}
    points = [by_day.get(day, (None, None)) for day in days]
    more = {"customdata": [span for _, span in points], "hovertemplate": _SPAN_HOVER} if spans else {}
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": days,
        "y": [value for value, _ in points],
        "name": name,
        "line": {"color": colour, "width": width},
        "marker": {"size": width + 1},
        "connectgaps": False,
        **more,
    }
