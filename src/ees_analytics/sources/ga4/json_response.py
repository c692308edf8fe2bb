"""The JSON of a runReport answer, as the REST API and recorded files have it, read without Google's client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.ga4.response import ResponsePage


def page_from_json(body: Any) -> ResponsePage:
    """Read one RunReportResponse.

    Raises:
        MalformedResponse: The body is no RunReportResponse; nothing but one is ever taken for an empty answer.
    """
    if not isinstance(body, Mapping) or not ({"dimensionHeaders", "kind", "metadata"} & body.keys()):
        raise MalformedResponse(
            f"Google Analytics answered with something that is no report: {str(body)[:200]!r}"
        )
    try:
        dimensions = tuple(header["name"] for header in body.get("dimensionHeaders", ()))
        metrics = tuple(header["name"] for header in body.get("metricHeaders", ()))
        rows = body.get("rows", ())
        values = _columns(rows, "dimensionValues", len(dimensions)) + _columns(
            rows, "metricValues", len(metrics)
        )
        return ResponsePage(dimensions, metrics, values, int(body.get("rowCount", 0)), _metadata(body))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedResponse(
            f"Google Analytics answered with a report whose parts do not fit: {type(error).__name__}: {error}"
        ) from error


def _columns(rows: Sequence[Mapping[str, Any]], kind: str, width: int) -> list[pa.Array]:
    if not width:
        if any(row.get(kind) for row in rows):
            raise ValueError(f"there are {kind} without headers")
        return []
    if {len(row[kind]) for row in rows} - {width}:
        raise ValueError(f"a row does not have {width} {kind}")
    # A value that is the empty string may be left out of the JSON.
    flat = [value.get("value", "") for row in rows for value in row[kind]]
    return [pa.array(flat[position::width], pa.string()) for position in range(width)]


def _metadata(body: Mapping[str, Any]) -> dict[str, Any]:
    metadata = body.get("metadata", {})
    sampling = list(metadata.get("samplingMetadatas", ()))
    return {
        "time_zone": metadata.get("timeZone", ""),
        "currency_code": metadata.get("currencyCode", ""),
        "empty_reason": metadata.get("emptyReason", ""),
        "sampled": bool(sampling),
        "sampling": sampling,
        "subject_to_thresholding": bool(metadata.get("subjectToThresholding", False)),
        "data_loss_from_other_row": bool(metadata.get("dataLossFromOtherRow", False)),
        "quota": dict(body.get("propertyQuota", {})),
    }
