"""Small charts as inline SVG, each with a text alternative.

``lxml`` makes the elements: it escapes every text and attribute.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from lxml.builder import ElementMaker
from lxml.etree import _Element, tostring
from markupsafe import Markup

Days = Mapping[dt.date, float]
Breaks = Mapping[dt.date, str]
"""The first day of each break in the series, to what changed."""

_E = ElementMaker()
_STEP, _TOP = 10, 8


def long_day(day: dt.date) -> str:
    """``Sunday 28 June 2026``."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def days_to(last: dt.date, count: int) -> list[dt.date]:
    """This number of days, the last one at the end."""
    return [last - dt.timedelta(days=past) for past in reversed(range(count))]


def columns(what: str, days: Sequence[dt.date], values: Days, breaks: Breaks, height: int = 72) -> Markup:
    """A column for each day, the last one dark; a day without a value is a gap, and a dashed line is a break."""
    values = {day: values[day] for day in days if day in values}
    svg = _svg(what, days, values, breaks, height)
    top = max(values.values(), default=0) or 1
    for place, day in enumerate(days):
        if day in values:
            tall = max(1.0, values[day] / top * (height - _TOP))
            box = {"x": place * _STEP + 1, "y": height - tall, "width": _STEP - 2, "height": tall}
            shown = _E.rect(_E.title(f"{long_day(day)}: {values[day]:,.0f}"), **_texts(box))
            shown.set("class", "newest" if day == days[-1] else "day")
            svg.append(shown)
    return _markup(svg)


def sparkline(what: str, days: Sequence[dt.date], values: Days, breaks: Breaks, height: int = 56) -> Markup:
    """A line through the values, which stops where days have none; a dashed line is a break."""
    values = {day: values[day] for day in days if day in values}
    svg = _svg(what, days, values, breaks, height)
    top = max(values.values(), default=0) or 1
    points = [
        (place * _STEP + _STEP / 2, height - 2 - values[day] / top * (height - _TOP - 2))
        for place, day in enumerate(days)
        if day in values
    ]
    for _, run in groupby(enumerate(points), lambda item: item[1][0] - item[0] * _STEP):
        line = [f"{x:g},{y:.1f}" for _, (x, y) in run]
        svg.append(_E.polyline(points=" ".join(line if len(line) > 1 else line * 2)))
    return _markup(svg)


def calendar(what: str, states: Mapping[dt.date, str], signs: Mapping[str, str]) -> Markup:
    """A box for each day that has a state, with the state's sign; a column for each week from Monday to Sunday.

    ``what`` is its text alternative; the state is the class of the box.
    """
    cell = 18
    first = min(states) - dt.timedelta(days=min(states).weekday())
    weeks = (max(states) - first).days // 7 + 1
    svg = _E.svg(role="img", viewBox=f"0 0 {weeks * cell} {7 * cell}", width=str(weeks * cell))
    svg.set("aria-label", what)
    for day, state in states.items():
        week, weekday = divmod((day - first).days, 7)
        box = {"x": week * cell + 1, "y": weekday * cell + 1, "width": cell - 2, "height": cell - 2}
        sign = _E.text(signs[state], x=str(week * cell + cell / 2), y=str(weekday * cell + 13))
        group = _E.g(_E.title(f"{long_day(day)}: {state}"), _E.rect(**_texts(box)), sign)
        group.set("class", state.replace(" ", "-"))
        svg.append(group)
    return _markup(svg)


def _svg(what: str, days: Sequence[dt.date], values: Days, breaks: Breaks, height: int) -> _Element:
    svg = _E.svg(role="img", viewBox=f"0 0 {len(days) * _STEP} {height}")
    listed = [f"Break on {long_day(day)}: {breaks[day]}" for day in days if day in breaks]
    svg.set("aria-label", ". ".join([what, *_summary(days, values), *listed]))
    for place, day in enumerate(days):
        if day in breaks:
            at = str(place * _STEP)
            mark = _E.path(_E.title(breaks[day]), d=f"M{at} {_TOP - 2} V{height} M{at} 0 l-4 0 l4 6 l4 -6 z")
            mark.set("class", "break")
            svg.append(mark)
    return svg


def _summary(days: Sequence[dt.date], values: Days) -> Iterator[str]:
    """The least, the most and the newest value; how many days have none."""
    if values:
        least, most = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
        yield f"Least {values[least]:,.0f} on {long_day(least)}, most {values[most]:,.0f} on {long_day(most)}"
        yield f"newest {values[max(values)]:,.0f} on {long_day(max(values))}"
    if lacking := len(days) - len(values):
        yield f"{lacking} of {len(days)} days without a value"


def _texts(numbers: Mapping[str, float]) -> dict[str, str]:
    return {name: f"{number:.4g}" for name, number in numbers.items()}


def _markup(svg: _Element) -> Markup:
    return Markup(tostring(svg, encoding="unicode"))  # noqa: S704 - lxml escapes
