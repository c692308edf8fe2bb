"""Google Analytics 4 in the sample: each report's rows of a day, and the recorded answers.

``rows_of(world, table, day)`` gives any report's rows without a file, in the API's order of headers and sorted over
all dimensions, for local servers and benchmarks. ``write`` records the answers as the REST API gives them.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from ees_analytics.parameters.google import Ga4Report
from ees_analytics.sources.ga4.page import ReportRequest

from .events import events_of
from .traffic import OTHER_ROW_AT, Visits, pick, split, visits_of
from .world import World

PROPERTY = "369420610"
Row = tuple[str, ...]

SUMMABLE = ("eventCount", "screenPageViews")
"""Metrics whose parts sum to the day's total."""

_FLOATS = {"bounceRate", "averageSessionDuration", "screenPageViewsPerSession"}

DEVICES = [
    (("desktop", "Chrome"), 5.0),
    (("desktop", "Edge"), 6.0),
    (("mobile", "Safari"), 4.0),
    (("mobile", "Chrome"), 3.0),
    (("desktop", "Firefox"), 0.8),
    (("desktop", "Safari"), 1.5),
    (("mobile", "Samsung Internet"), 0.6),
    (("mobile", "Android Webview"), 0.3),
    (("mobile", "Safari (in-app)"), 0.4),
    (("tablet", "Safari"), 0.4),
    (("tablet", "Amazon Silk"), 0.1),
    (("desktop", "(not set)"), 0.1),
    (("desktop", ""), 0.05),
    (("smart tv", "Android Webview"), 0.02),
]
SOURCES = [
    (("google", "organic"), 8.0),
    (("(direct)", "(none)"), 6.0),
    (("bing", "organic"), 3.0),
    (("gov.uk", "referral"), 4.0),
    (("statics.teams.cdn.office.net", "referral"), 1.2),
    (("duckduckgo", "organic"), 0.5),
    (("bbc.co.uk", "referral"), 0.5),
    (("schoolsweek.co.uk", "referral"), 0.4),
    (("CST member updates", "email"), 0.2),
    (("newsletter – “May”", "e-mail"), 0.1),
    (("(not set)", "(not set)"), 0.4),
    (("(data not available)", "(data not available)"), 0.1),
    (("", ""), 0.03),
]
HOURS = [2, 1, 1, 1, 1, 2, 4, 8, 16, 24, 27, 27, 24, 24, 26, 24, 19, 12, 9, 8, 8, 7, 5, 3]

THRESHOLDED_AT, SAMPLED_AT = 20, 12
"""So many days before the newest an answer is marked thresholded, or sampled."""


def reports() -> dict[str, Ga4Report]:
    """The reports as conf defines them."""
    text = (Path(__file__).parents[2] / "conf/base/globals_ga4.yml").read_text(encoding="utf-8")
    return {table: Ga4Report(**report) for table, report in yaml.safe_load(text)["ga4_reports"].items()}


def rows_of(world: World, table: str, day: dt.date) -> list[Row]:
    """The rows of one report on one day: dimensions then metrics as text, sorted over all dimensions."""
    return sorted(_ROWS[table](world, day))


def question(table: str, day: dt.date, totals: bool = False) -> ReportRequest:
    """What is asked to fill a table's day; with ``totals`` only the date and the metrics that sum."""
    report = _reports()[table]
    metrics = tuple(name for name in report.metrics if not totals or name in SUMMABLE)
    dimensions = ("date",) if totals else tuple(report.dimensions)
    return ReportRequest(day.isoformat(), dimensions, metrics, PROPERTY, 250_000)


def recorded(world: World, table: str, day: dt.date) -> dict[str, Any]:
    """The recorded response for one day, as in its file."""
    asked, rows = question(table, day), rows_of(world, table, day)
    wide = question(table, day, totals=True)
    totals: dict[str, Any] | None = None
    if len(asked.dimensions) > 1 and (wide.metrics or not rows):
        wide = (
            wide if wide.metrics else ReportRequest(wide.day, ("date",), asked.metrics[:1], PROPERTY, 250_000)
        )
        totals = body_of(wide, list(_totals(asked, wide, rows)), metadata_of(world, table, day))
    page = body_of(asked, rows, metadata_of(world, table, day))
    control = {} if rows else {"control": _control(world, table, day)}
    return {"request": asked.request(), "pages": [page], "totals": totals, **control}


def _control(world: World, table: str, day: dt.date) -> dict[str, Any]:
    """The answer about three days before a day and three after it, with the date as only dimension."""
    asked = question(table, day)
    wide = ReportRequest(day.isoformat(), ("date",), asked.metrics[:1], PROPERTY, 250_000)
    days = [day + dt.timedelta(days=more) for more in range(-3, 4)]
    rows = [row for other in days for row in _totals(asked, wide, rows_of(world, table, other))]
    return body_of(wide, rows, metadata_of(world, table, day))


def body_of(asked: ReportRequest, rows: list[Row], metadata: dict[str, Any]) -> dict[str, Any]:
    """A RunReportResponse that holds all the rows; an empty one omits ``rows`` and ``rowCount``."""
    width = len(asked.dimensions)
    body: dict[str, Any] = {
        "dimensionHeaders": [{"name": name} for name in asked.dimensions],
        "metricHeaders": [{"name": name, "type": metric_type(name)} for name in asked.metrics],
    }
    if rows:
        body["rows"] = [
            {
                "dimensionValues": [{"value": text} for text in row[:width]],
                "metricValues": [{"value": text} for text in row[width:]],
            }
            for row in rows
        ]
        body["rowCount"] = len(rows)
    return {**body, "metadata": metadata, "kind": "analyticsData#runReport"}


def metric_type(name: str) -> str:
    """The type that a metric's header states."""
    if name in _FLOATS:
        return "TYPE_FLOAT"
    return "TYPE_SECONDS" if name == "userEngagementDuration" else "TYPE_INTEGER"


def write(world: World, out: Path) -> None:
    """Record every report's answer of every day: ``ga4/<table>/<day>.json.gz``."""
    for table in _reports():
        folder = out / "ga4" / table
        folder.mkdir(parents=True, exist_ok=True)
        for day in world.calendar:
            text = json.dumps(recorded(world, table, day), ensure_ascii=False, separators=(",", ":"))
            (folder / f"{day}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


@lru_cache(maxsize=1)
def _reports() -> dict[str, Ga4Report]:
    return reports()


@lru_cache(maxsize=2)
def _visits(world: World, day: dt.date) -> list[Visits]:
    return visits_of(world, day)


def _days_before(world: World, day: dt.date) -> int:
    return (world.newest - day).days


def metadata_of(world: World, table: str, day: dt.date) -> dict[str, Any]:
    """What comes beside a report's rows: a few days are marked as sampled, thresholded or folded."""
    metadata: dict[str, Any] = {"currencyCode": "GBP", "timeZone": "Europe/London"}
    back = _days_before(world, day)
    if back == THRESHOLDED_AT and table == "ees_ga4_source_medium":
        metadata["subjectToThresholding"] = True
    if back == SAMPLED_AT and table == "ees_ga4_device_browser":
        metadata["samplingMetadatas"] = [{"samplesReadCount": "912340", "samplingSpaceSize": "1000000"}]
    if back == OTHER_ROW_AT and "pagePath" in _reports()[table].dimensions:
        metadata["dataLossFromOtherRow"] = True
    return metadata


def _totals(asked: ReportRequest, wide: ReportRequest, rows: list[Row]) -> Iterator[Row]:
    if rows:
        places = [asked.headers.index(name) for name in wide.metrics]
        yield (rows[0][0], *(str(sum(int(row[place]) for row in rows)) for place in places))


def _stamp(day: dt.date) -> str:
    return day.strftime("%Y%m%d")


def _events(world: World, day: dt.date) -> Iterator[Row]:
    counted = events_of(_visits(world, day), world.random("events", day), _days_before(world, day))
    if _days_before(world, day) == OTHER_ROW_AT:
        counted["(other)", "(other)", "(other)", "(other)"] += 2
    for key, count in counted.items():
        yield (_stamp(day), *key, str(count))


def _page(world: World, day: dt.date) -> Iterator[Row]:
    for visit in _visits(world, day):
        rate = repr(visit.bounced / visit.sessions)
        numbers = (visit.views, visit.sessions, rate, visit.users, visit.seconds, visit.scrolled)
        yield (_stamp(day), visit.page.path, *map(str, numbers))


def _time_on_page(world: World, day: dt.date) -> Iterator[Row]:
    for visit in _visits(world, day):
        yield (_stamp(day), visit.page.path, str(visit.views), str(visit.sessions), str(visit.seconds))


def _divided(world: World, day: dt.date, shares: Sequence[tuple[Row, float]], purpose: str) -> Iterator[Row]:
    """Each page's visits divided among a few devices or sources; now and then a session without a page view."""
    chance = world.random(purpose, day)
    weights = [weight for _, weight in shares]
    for visit in _visits(world, day):
        parts: dict[int, float] = defaultdict(float)
        for _ in range(1 + int(min(5.0, visit.views / 12) + chance.random())):
            place = pick(weights, chance)
            parts[place] = weights[place]
        views = split(visit.views, list(parts.values()), chance)
        for place, count in zip(parts, views, strict=True):
            yield (_stamp(day), visit.page.path, *shares[place][0], *_seven(visit, count, chance))
        spare = pick(weights, chance)
        if spare not in parts and chance.random() < 0.03:
            yield (_stamp(day), visit.page.path, *shares[spare][0], *("1", "0", "0", "1", "0", "1"))


def _seven(visit: Visits, views: int, chance: Random) -> Row:
    sessions = max(1, round(views * visit.sessions / visit.views))
    users = max(1, round(sessions * 0.9))
    seconds = int(visit.seconds * views / visit.views)
    bounced = int(sessions * visit.bounced / visit.sessions + chance.random())
    new = int(users * visit.new_users / visit.users)
    return tuple(map(str, (users, new, views, sessions, seconds, repr(min(1.0, bounced / sessions)))))


def _service_summary(world: World, day: dt.date) -> Iterator[Row]:
    visits = _visits(world, day)
    if not visits:
        return
    views, seconds = sum(visit.views for visit in visits), sum(visit.seconds for visit in visits)
    sessions = max(1, sum(visit.starts for visit in visits))
    users, engaged = round(sessions * 0.82), round(sessions * 0.61)
    duration = repr(seconds / sessions * 1.3)
    numbers = (users, duration, engaged, views, repr(views / sessions), sessions, seconds)
    yield (_stamp(day), *map(str, numbers))


def _hourly(world: World, day: dt.date) -> Iterator[Row]:
    sessions = sum(visit.starts for visit in _visits(world, day))
    parts = split(sessions, [float(weight) for weight in HOURS], world.random("hours", day))
    for hour, count in enumerate(parts):
        if count:
            yield (_stamp(day), f"{hour:02d}", str(count))


_ROWS = {
    "ees_ga4_events": _events,
    "ees_ga4_page": _page,
    "ees_ga4_device_browser": lambda world, day: _divided(world, day, DEVICES, "devices"),
    "ees_ga4_source_medium": lambda world, day: _divided(world, day, SOURCES, "sources"),
    "ees_ga4_service_summary": _service_summary,
    "ees_ga4_time_on_page": _time_on_page,
    "ees_ga4_hourly": _hourly,
}


def bulk(world: World, table: str) -> Iterator[tuple[dt.date, list[Row]]]:
    """Every day of the world with its rows, one after the other."""
    return ((day, rows_of(world, table, day)) for day in world.calendar)
