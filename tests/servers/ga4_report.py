"""How the local Google Analytics 4 answers: the rules of runReport, without any transport.

A request and an answer are what the REST API's JSON says. The store is any callable from (report, day) to rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

Row = tuple[str, ...]
"""Dimension values, then metric values, as text."""

MAX_LIMIT, DEFAULT_LIMIT = 250_000, 10_000
FLOATS = {"bounceRate", "averageSessionDuration", "screenPageViewsPerSession"}


@dataclass(frozen=True)
class Report:
    """What the property can be asked for: these dimensions and metrics, in the order of the store's rows."""

    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(self, code: int, status: str, message: str) -> None:
        super().__init__(message)
        self.code, self.status, self.message = code, status, message


@dataclass
class Answer:
    """An answer before it is put into JSON or protobuf; faults change it."""

    dimensions: list[str]
    metrics: list[str]
    rows: list[Row]
    row_count: int
    metadata: dict[str, Any]
    quota: dict[str, Any] = field(default_factory=dict)


class Property:
    """A property with its data.

    Args:
        reports: What can be asked.
        rows: Gives the rows of a report (by name) on a day; its dates are YYYYMMDD.
        time_zone: Of the property.
        metadata: Gives what comes beside the rows of a report on a day, in the REST API's spelling.
    """

    def __init__(
        self,
        reports: Mapping[str, Report],
        rows: Callable[[str, dt.date], Iterable[Row]],
        time_zone: str = "Europe/London",
        metadata: Callable[[str, dt.date], Mapping[str, Any]] = lambda report, day: {},
    ) -> None:
        self.reports, self.rows, self.metadata = dict(reports), rows, metadata
        self.time_zone = time_zone
        self._chance = Random(1)

    def answer(self, request: Mapping[str, Any]) -> Answer:
        """Answer as the API does.

        Raises:
            Refused: The request is none that the API takes.
        """
        dimensions, metrics = _names(request, "dimensions"), _names(request, "metrics")
        if len(dimensions) > 9 or not 1 <= len(metrics) <= 10:
            raise _invalid("Requests are limited to 9 dimensions and 10 metrics.")
        limit, offset = int(request.get("limit", 0)) or DEFAULT_LIMIT, int(request.get("offset", 0))
        if limit > MAX_LIMIT:
            raise _invalid(f"The limit must be at most {MAX_LIMIT}.")
        days, (name, report) = _days(request), self._report(dimensions, metrics)
        rows = [row for day in days for row in self.rows(name, day)]
        rows = self._ordered(_select(rows, report, dimensions, metrics), request, [*dimensions, *metrics])
        quota = _quota() if request.get("returnPropertyQuota") else {}
        metadata = {"currencyCode": "GBP", "timeZone": self.time_zone}
        for day in days:
            metadata |= self.metadata(name, day)
        return Answer(dimensions, metrics, rows[offset : offset + limit], len(rows), metadata, quota)

    def _report(self, dimensions: list[str], metrics: list[str]) -> tuple[str, Report]:
        fitting = [
            (len(report.dimensions), name, report)
            for name, report in self.reports.items()
            if set(dimensions) <= set(report.dimensions) and set(metrics) <= set(report.metrics)
        ]
        if not fitting:
            raise _invalid(
                f"Field {[*dimensions, *metrics]} is not a valid combination of dimensions and metrics."
            )
        _, name, report = min(fitting, key=lambda fit: fit[:2])
        return name, report

    def _ordered(self, rows: list[Row], request: Mapping[str, Any], headers: list[str]) -> list[Row]:
        """In the order asked; ties, and with no order asked all equal first metrics, fall anew at each request."""
        orders = request.get("orderBys") or [
            {"metric": {"metricName": _names(request, "metrics")[0]}, "desc": True}
        ]
        places = [headers.index(_ordered_by(order)) for order in orders]
        descending = [bool(order.get("desc")) for order in orders]
        if not any(descending) and places == list(range(len(request["dimensions"]))):
            return sorted(rows)
        rows = list(rows)
        self._chance.shuffle(rows)
        for place, reverse, order in reversed(list(zip(places, descending, orders, strict=True))):
            number = "metric" in order
            rows.sort(key=lambda row: float(row[place]) if number else row[place], reverse=reverse)
        return rows


def json_of(answer: Answer) -> dict[str, Any]:
    """A RunReportResponse; an empty one omits ``rows`` and ``rowCount``."""
    body: dict[str, Any] = {
        "dimensionHeaders": [{"name": name} for name in answer.dimensions],
        "metricHeaders": [{"name": name, "type": metric_type(name)} for name in answer.metrics],
    }
    width = len(answer.dimensions)
    if answer.rows:
        body["rows"] = [
            {
                "dimensionValues": [{"value": text} for text in row[:width]],
                "metricValues": [{"value": text} for text in row[width:]],
            }
            for row in answer.rows
        ]
    if answer.row_count:
        body["rowCount"] = answer.row_count
    body |= {"metadata": answer.metadata, "kind": "analyticsData#runReport"}
    return {**body, "propertyQuota": answer.quota} if answer.quota else body


def metric_type(name: str) -> str:
    """The type that a metric's header states."""
    if name in FLOATS:
        return "TYPE_FLOAT"
    return "TYPE_SECONDS" if name == "userEngagementDuration" else "TYPE_INTEGER"


def _invalid(message: str) -> Refused:
    return Refused(400, "INVALID_ARGUMENT", message)


def _select(rows: list[Row], report: Report, dimensions: list[str], metrics: list[str]) -> list[Row]:
    """The requested columns, summed over the dimensions left out; rows with only zeros are left out."""
    asked, known = [*dimensions, *metrics], [*report.dimensions, *report.metrics]
    if set(dimensions) != set(report.dimensions):
        rows = _summed(rows, [known.index(each) for each in asked], len(dimensions))
    elif asked != known:
        places = [known.index(each) for each in asked]
        rows = [tuple(row[place] for place in places) for row in rows]
    width = len(dimensions)
    return [row for row in rows if any(value not in ("0", "0.0") for value in row[width:])]


def _names(request: Mapping[str, Any], kind: str) -> list[str]:
    return [entry["name"] for entry in request.get(kind, ())]


def _ordered_by(order: Mapping[str, Any]) -> str:
    if "dimension" in order:
        return str(order["dimension"]["dimensionName"])
    return str(order["metric"]["metricName"])


def _days(request: Mapping[str, Any]) -> list[dt.date]:
    ranges = request.get("dateRanges", ())
    if not 1 <= len(ranges) <= 4:
        raise _invalid("Requests need 1 to 4 date ranges.")
    days: set[dt.date] = set()
    for asked in ranges:
        try:
            first, last = dt.date.fromisoformat(asked["startDate"]), dt.date.fromisoformat(asked["endDate"])
        except ValueError:
            raise _invalid(f"Could not parse the date range {asked}.") from None
        days |= {first + dt.timedelta(days=more) for more in range((last - first).days + 1)}
    return sorted(days)


def _summed(rows: Iterable[Row], places: Sequence[int], width: int) -> list[Row]:
    """Fewer dimensions than the store has: counts are added up."""
    sums: dict[Row, list[int]] = {}
    for row in rows:
        key = tuple(row[place] for place in places[:width])
        numbers = [int(float(row[place])) for place in places[width:]]
        so_far = sums.setdefault(key, [0] * len(numbers))
        sums[key] = [one + other for one, other in zip(so_far, numbers, strict=True)]
    return [(*key, *map(str, numbers)) for key, numbers in sums.items()]


def _quota() -> dict[str, Any]:
    left = {
        "tokensPerDay": 199_000,
        "tokensPerHour": 39_000,
        "concurrentRequests": 9,
        "serverErrorsPerProjectPerHour": 10,
        "potentiallyThresholdedRequestsPerHour": 120,
        "tokensPerProjectPerHour": 13_900,
    }
    return {name: {"consumed": 1, "remaining": remaining} for name, remaining in left.items()}
