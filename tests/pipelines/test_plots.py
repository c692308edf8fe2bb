"""The plots show the numbers of the tables."""

from __future__ import annotations

import datetime as dt

from ees_analytics.contracts import all_contracts
from ees_analytics.parameters.daily_measures import DailyMeasures
from ees_analytics.pipelines.plots import (
    create_pipeline,
    plot_daily_traffic,
    plot_freshness,
    plot_top_publications,
)

TRAFFIC = "date date, pageviews double, sessions double, pageviews_avg7 double, sessions_avg7 double"
VIEWS = "date date, publication string, pageviews double"
BREAKS = "first_date date, last_date date, tables string, text string"
DAYS = [dt.date(2026, 6, day) for day in (1, 2, 3)]


def test_daily_traffic_in_the_order_of_days(spark):
    rows = [(day, 10.0 + n, 5.0, None if n < 2 else 11.0, None) for n, day in enumerate(DAYS)]
    figure = plot_daily_traffic(spark.createDataFrame(rows[::-1], TRAFFIC), no_breaks(spark))
    assert [trace.name for trace in figure.data] == [
        "Page views", "Page views, 7-day average", "Sessions", "Sessions, 7-day average",
    ]  # fmt: skip
    assert figure.data[0].x == ("2026-06-01", "2026-06-02", "2026-06-03")
    assert figure.data[0].y == (10.0, 11.0, 12.0)
    assert figure.data[1].y == (None, None, 11.0)


def test_a_day_without_data_is_a_gap_and_an_average_says_its_days(spark):
    start = dt.date(2026, 5, 1)
    days = [start + dt.timedelta(days=passed) for passed in (0, 1, 2, 4, 5, 6, 7, 8)]
    rows = [(day, 1.0, 2.0, 3.0 if n > 5 else None, 4.0 if n > 5 else None) for n, day in enumerate(days)]
    views, mean, *_ = plot_daily_traffic(spark.createDataFrame(rows, TRAFFIC), no_breaks(spark)).data
    assert len(views.x) == 9
    assert (views.x[3], views.y[3]) == ("2026-05-04", None)
    assert not views.connectgaps
    assert "markers" in views.mode, "a day between two gaps is seen"
    assert mean.customdata[-2:] == (
        "7 days with data of the 8 from 2026-05-01",
        "7 days with data of the 8 from 2026-05-02",
    )
    assert "%{customdata}" in mean.hovertemplate


def test_daily_traffic_without_a_row(spark):
    figure = plot_daily_traffic(spark.createDataFrame([], TRAFFIC), no_breaks(spark))
    assert [trace.x for trace in figure.data] == [()] * 4


def test_breaks_within_the_shown_days_are_marked(spark):
    days = spark.createDataFrame([(day, 1.0, 1.0, 1.0, 1.0) for day in DAYS], TRAFFIC)
    (first, second, _), before = DAYS, DAYS[0] - dt.timedelta(days=9)
    rows = [
        (second, None, "ees_service_*", "A new design"),
        (before, first, "ees_api_*", "No logs"),
        (before, None, "ees_*", "Before the first day"),
    ]
    figure = plot_daily_traffic(days, spark.createDataFrame(rows, BREAKS))
    assert [(mark.x0, mark.x1) for mark in figure.layout.shapes] == [
        (before.isoformat(), first.isoformat()),
        (second.isoformat(), second.isoformat()),
    ]
    assert [(mark.x, mark.hovertext) for mark in figure.layout.annotations] == [
        (first.isoformat(), "No logs<br>ees_api_*"),
        (second.isoformat(), "A new design<br>ees_service_*"),
    ]


def no_breaks(spark):
    return spark.createDataFrame([], BREAKS)


def test_top_publications_of_the_newest_days_largest_on_top(spark):
    long = "A publication whose title is far too long for the space beside a bar of a plot"
    alike = f"{long} of another kind"
    old = DAYS[2] - dt.timedelta(days=40)
    rows = [(DAYS[2], "B", 5.0), (DAYS[2], long, 9.0), (DAYS[2], alike, 8.0), (old, "B", 900.0)]
    later = (DAYS[2] + dt.timedelta(days=5), "B", 0.0)  # zeros of a day without page views
    figure = plot_top_publications(spark.createDataFrame([*rows, later], VIEWS))
    assert figure.layout.title.text == "Page views, top 15, 28 days to 2026-06-03 (1 with data)"
    assert figure.data[0].x == (5.0, 8.0, 9.0)
    assert figure.data[0].y == ("B", alike, long)
    assert figure.layout.yaxis.tickvals == figure.data[0].y
    assert [text.endswith("…") for text in figure.layout.yaxis.ticktext] == [False, True, True]


def test_the_title_says_how_many_days_have_data(spark):
    days = [(DAYS[2] - dt.timedelta(days=age), "A", 1.0) for age in range(40)]
    full, none = (
        plot_top_publications(spark.createDataFrame(days, VIEWS)),
        plot_top_publications(spark.createDataFrame([], VIEWS)),
    )
    assert full.layout.title.text == "Page views, top 15, 28 days to 2026-06-03"
    assert full.data[0].x == (28.0,)
    assert none.layout.title.text == "Page views, top 15, no data yet"


def test_every_line_and_bar_stands_out_from_its_ground(spark):
    day = spark.createDataFrame([(DAYS[0], 1.0, 1.0, 1.0, 1.0)], TRAFFIC)
    figure = plot_daily_traffic(day, no_breaks(spark))
    assert all(contrast(trace.line.color, "#EEEEEE") >= 3 for trace in figure.data)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def measures() -> DailyMeasures:
    sources = [
        {"source": "Logs", "tables": ["logs*"], "lag_days": 1, "weekdays_only": True},
        {"source": "Analytics", "tables": ["*"], "lag_days": 2},
    ]
    return DailyMeasures(columns={}, sources=sources)


def test_freshness_by_layer_in_days_before_the_run(spark):
    daily = spark.createDataFrame([(day,) for day in DAYS], "date date")
    logs = spark.createDataFrame([(DAYS[0],)], "_file_date date")
    empty = spark.createDataFrame([], "date date")
    tables = {"raw__daily": daily, "raw__logs": logs, "app__empty": empty, "app__daily": daily}
    figure = plot_freshness("2026-06-05", measures(), **tables)
    (bars,) = figure.data
    found = dict(zip(zip(*bars.y, strict=True), bars.x, strict=True))
    assert found == {("raw", "logs"): 4, ("raw", "daily"): 2, ("app", "daily"): 2}
    assert list(bars.y[0]) == ["raw", "raw", "app"], "a layer's tables are together"
    assert list(bars.text) == ["late: 1 expected", "", ""], "2 days are Analytics' own lag"
    assert len({*bars.marker.color}) == 2
    assert "1 late" in figure.layout.title.text
    assert figure.layout.xaxis.dtick == 1, "ticks at whole days"
    late = plot_freshness("2026-09-01", measures(), raw__daily=daily)
    assert late.layout.xaxis.dtick == 10


def test_every_table_that_grows_is_in_the_freshness_plot():
    (freshness,) = [step for step in create_pipeline().nodes if step.name.endswith("freshness")]
    growing = {name for name, contract in all_contracts().items() if contract.slice_column}
    assert growing | {"app.ees_session_starts", "app.ees_publication_summary"} <= set(freshness.inputs)
    assert not {"app.ees_avg_readtime", "raw.ees_ua_page"} & set(freshness.inputs)


def test_a_plot_never_holds_up_the_tables():
    assert all("last" in step.tags for step in create_pipeline().nodes)
