"""Charts have text alternatives, show gaps and breaks, and escape every text."""

from __future__ import annotations

import datetime as dt

import pytest
from lxml import etree

from ees_analytics.run_report.charts import calendar, columns, days_to, sparkline
from tests.run_report.examples import NASTY

LAST = dt.date(2026, 6, 28)
WINDOW = days_to(LAST, 7)
VALUES = {WINDOW[0]: 10.0, WINDOW[1]: 40.0, WINDOW[4]: 0.0, LAST: 1234.0}
BREAKS = {WINDOW[4]: NASTY, dt.date(2020, 1, 1): "long ago"}


@pytest.mark.parametrize("draw", [columns, sparkline])
def test_a_chart_in_words(draw):
    svg = etree.fromstring(draw(f"Sessions {NASTY}", WINDOW, VALUES, BREAKS))
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == (
        f"Sessions {NASTY}. Least 0 on Friday 26 June 2026, most 1,234 on Sunday 28 June 2026. "
        f"newest 1,234 on Sunday 28 June 2026. 3 of 7 days without a value. Break on Friday 26 June 2026: {NASTY}"
    )
    assert [mark.findtext("title") for mark in svg.findall("path")] == [NASTY]


def test_a_day_without_a_value_has_no_column_and_the_newest_is_dark():
    shown = etree.fromstring(columns("Sessions", WINDOW, VALUES, {})).findall("rect")
    assert [column.findtext("title") for column in shown] == [
        "Monday 22 June 2026: 10", "Tuesday 23 June 2026: 40", "Friday 26 June 2026: 0", "Sunday 28 June 2026: 1,234",
    ]  # fmt: skip
    assert [column.get("class") for column in shown] == ["day", "day", "day", "newest"]
    assert float(shown[3].get("height")) > float(shown[1].get("height")) > float(shown[2].get("height")) > 0


def test_a_line_stops_at_gaps():
    lines = etree.fromstring(sparkline("Rows", WINDOW, VALUES, {})).findall("polyline")
    assert [len({*line.get("points").split()}) for line in lines] == [2, 1, 1]


def test_no_values():
    assert "7 of 7 days without a value" in columns("Sessions", WINDOW, {}, {})
    assert "7 of 7 days without a value" in sparkline("Sessions", WINDOW, {}, {})


def test_a_calendar_has_a_sign_for_each_day_and_a_column_for_each_week():
    states = dict.fromkeys(days_to(LAST, 8), "in") | {LAST: "set aside"}
    svg = etree.fromstring(calendar(NASTY, states, {"in": "✓", "set aside": "!"}))
    boxes = svg.findall("g")
    assert svg.get("aria-label") == NASTY
    assert [box.findtext("text") for box in boxes] == ["✓"] * 7 + ["!"]
    assert boxes[-1].findtext("title") == "Sunday 28 June 2026: set aside"
    assert boxes[-1].get("class") == "set-aside"
    places = [(box.find("rect").get("x"), box.find("rect").get("y")) for box in boxes]
    assert places[0] == ("1", "109"), "a Sunday"
    assert places[1:3] == [("19", "1"), ("19", "19")], "the Monday after it is in the next column"
