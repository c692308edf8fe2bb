"""What the plots share: colours, layout, and the figure."""

from collections.abc import Mapping
from typing import Any

BLUE, ORANGE, GREY, BROWN = "#12436D", "#C9500F", "#66757F", "#A86A4B"
"""Contrast of each is at least 3 to 1, on white and on the grey behind Kedro-Viz's previews."""
LAYOUT: Mapping[str, Any] = {
    "template": "plotly_white",
    "margin": {"l": 20, "r": 20, "t": 60, "b": 40},
    "yaxis": {"automargin": True},
    "xaxis": {"automargin": True},
}


def figure_of(traces: list[dict[str, Any]], title: str, **layout: Any) -> Any:
    """A Plotly figure of these traces, with the shared layout and more of it by key."""
    from plotly.graph_objects import Figure  # a cluster has no plotly, and runs no plots

    return Figure({"data": traces, "layout": {**LAYOUT, "title": {"text": title}, **layout}})
