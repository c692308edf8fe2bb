"""One page of a runReport response, and how it is read from JSON (without Google's client)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ees_analytics.sources.errors import MalformedResponse


@dataclass(frozen=True)
class ResponsePage:
    """One page of a response.

    Attributes:
        dimensions: The dimension headers, in order.
        metrics: The metric headers, in order.
        values: One text array per header, in the headers' order, all of one length.
        row_count: ``rowCount``: rows of the whole response, whatever the page.
        metadata: See ``ReportResponse.metadata``.
    """

    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    values: Sequence[pa.Array]
    row_count: int
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_rows(
        cls,
        headers: tuple[Sequence[str], Sequence[str]],
        flat: tuple[list[str], list[str]],
        row_count: int,
        body: Mapping[str, Any],
    ) -> ResponsePage:
        """The page of values that stand row after row.

        Args:
            headers: The dimension and the metric headers.
            flat: The dimension and the metric values, row after row.
            row_count: ``rowCount`` of the response.
            body: ``metadata`` and ``propertyQuota`` of the response, as JSON has them.
        """
        values = [
            pa.array(texts[position :: len(names)], pa.string())
            for names, texts in zip(headers, flat, strict=True)
            for position in range(len(names))
        ]
        return cls(tuple(headers[0]), tuple(headers[1]), values, row_count, _metadata(body))

    @property
    def rows(self) -> int:
        """How many rows this page has."""
        return len(self.values[0]) if self.values else 0


def page_from_json(body: Any) -> ResponsePage:
    """The page of a RunReportResponse in JSON.

    Raises:
        MalformedResponse: The body is not a RunReportResponse; nothing else counts as an empty one.
    """
    if not isinstance(body, Mapping) or not ({"dimensionHeaders", "kind", "metadata"} & body.keys()):
        raise MalformedResponse(f"The response of Google Analytics is not a report: {str(body)[:200]!r}")
    try:
        dimensions = [header["name"] for header in body.get("dimensionHeaders", ())]
        metrics = [header["name"] for header in body.get("metricHeaders", ())]
        rows = body.get("rows", ())
        values = (
            _values(rows, "dimensionValues", len(dimensions)),
            _values(rows, "metricValues", len(metrics)),
        )
        return ResponsePage.of_rows((dimensions, metrics), values, int(body.get("rowCount", 0)), body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedResponse(
            f"Google Analytics sent a report whose parts do not fit: {type(error).__name__}: {error}"
        ) from error


def _values(rows: Sequence[Mapping[str, Any]], kind: str, width: int) -> list[str]:
    if {len(row.get(kind, ())) for row in rows} - {width}:
        raise ValueError(f"a row does not have {width} {kind}")
    # JSON may leave out a value that is the empty string.
    return [value.get("value", "") for row in rows for value in row.get(kind, ())]


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
