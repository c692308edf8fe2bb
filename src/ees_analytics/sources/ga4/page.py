"""One runReport request, and a page of its response, which is read from JSON without Google's client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import pyarrow as pa

from ees_analytics.sources.errors import MalformedResponse


@dataclass(frozen=True)
class ReportRequest:
    """One runReport request about one day (ISO), or several up to ``last_day``.

    Dimensions and metrics have the API's names, in order; ``page_rows`` is the most rows of a page (``limit``).
    """

    day: str
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    property_id: str
    page_rows: int
    last_day: str | None = None

    @property
    def headers(self) -> list[str]:
        """The headers that the response must have, in order."""
        return [*self.dimensions, *self.metrics]

    def request(self, offset: int = 0) -> dict[str, Any]:
        """The request as the REST API spells it; ordered over all dimensions, so that pages fit together."""
        return {
            "property": f"properties/{self.property_id}",
            "dateRanges": [{"startDate": self.day, "endDate": self.last_day or self.day}],
            "dimensions": [{"name": name} for name in self.dimensions],
            "metrics": [{"name": name} for name in self.metrics],
            "orderBys": [{"dimension": {"dimensionName": name}} for name in self.dimensions],
            "offset": str(offset),
            "limit": str(self.page_rows),
            "keepEmptyRows": False,
            "returnPropertyQuota": True,
        }

    @classmethod
    def from_request(cls, request: Mapping[str, Any]) -> Self:
        """The reverse of ``request``, for recordings."""
        return cls(
            day=request["dateRanges"][0]["startDate"],
            dimensions=tuple(entry["name"] for entry in request["dimensions"]),
            metrics=tuple(entry["name"] for entry in request["metrics"]),
            property_id=request["property"].removeprefix("properties/"),
            page_rows=int(request["limit"]),
        )

    def __str__(self) -> str:
        return f"Google Analytics, {self.day}, {', '.join(self.headers)}"


@dataclass(frozen=True)
class ReportPage:
    """One page of a response: the headers as columns of text, dimensions first.

    ``row_count`` is that of the whole response; ``body`` has its ``metadata`` and ``propertyQuota``, as in JSON.
    """

    rows: pa.Table
    row_count: int
    body: Mapping[str, Any]

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    @property
    def metadata(self) -> dict[str, Any]:
        """The time zone, currency, quality and remaining quota, as the landing zone records them."""
        metadata = self.body["metadata"]
        sampling = list(metadata.get("samplingMetadatas", ()))
        return {
            "time_zone": metadata.get("timeZone", ""),
            "currency_code": metadata.get("currencyCode", ""),
            "empty_reason": metadata.get("emptyReason", ""),
            "sampled": bool(sampling),
            "sampling": sampling,
            "subject_to_thresholding": bool(metadata.get("subjectToThresholding", False)),
            "data_loss_from_other_row": bool(metadata.get("dataLossFromOtherRow", False)),
            "quota": dict(self.body["propertyQuota"]),
        }


def columns(headers: Sequence[str], values: Sequence[str]) -> dict[str, pa.Array]:
    """Values that follow each other row by row, as a column for each header."""
    width = len(headers)
    return {name: pa.array(values[place::width], pa.string()) for place, name in enumerate(headers)}


def page_from_json(body: Any) -> ReportPage:
    """The page of a RunReportResponse in JSON; any other body, an empty one too, is a ``MalformedResponse``."""
    if not isinstance(body, Mapping) or not ({"dimensionHeaders", "kind", "metadata"} & body.keys()):
        raise MalformedResponse(f"The response of Google Analytics is not a report: {str(body)[:200]!r}")
    try:
        rows = pa.table({**_columns(body, "dimension"), **_columns(body, "metric")})
        beside_rows = {name: body.get(name, {}) for name in ("metadata", "propertyQuota")}
        return ReportPage(rows, int(body.get("rowCount", 0)), beside_rows)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise MalformedResponse(
            f"Google Analytics sent a report whose parts do not fit: {type(error).__name__}: {error}"
        ) from error


def _columns(body: Mapping[str, Any], kind: str) -> dict[str, pa.Array]:
    headers = [header["name"] for header in body.get(f"{kind}Headers", ())]
    rows = [row.get(f"{kind}Values", ()) for row in body.get("rows", ())]
    if {len(row) for row in rows} - {len(headers)}:
        raise ValueError(f"a row does not have {len(headers)} {kind}Values")
    # JSON may leave out a value that is the empty string.
    return columns(headers, [value.get("value", "") for row in rows for value in row])
