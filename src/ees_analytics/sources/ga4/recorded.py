"""Recorded answers of Google Analytics 4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ees_analytics.sources.ga4.json_response import page_from_json
from ees_analytics.sources.ga4.response import PagedResponse, ReportRequest, ReportResponse
from ees_analytics.sources.recorded import RecordedDataset


class RecordedReportDataset(RecordedDataset[ReportResponse]):
    """One recorded day of one report.

    The file is the gzipped JSON of ``{"request": …, "pages": [RunReportResponse, …], "totals": RunReportResponse}``
    as the REST API writes them (``totals``, the answer with only the date as dimension, may be null). It stands
    under a ``PartitionedDataset``, which then has the interface of ``Ga4ReportDataset``:

    ```yaml
    source.ees_ga4_page:
      type: partitions.PartitionedDataset
      path: data/sample/ga4/ees_ga4_page
      filename_suffix: .json.gz
      dataset: ees_analytics.sources.ga4.recorded.RecordedReportDataset
    ```
    """

    SHAPE = '{"request": …, "pages": […], "totals": …}'

    def answer(self, recorded: Mapping[str, Any]) -> ReportResponse:
        """The rows of all pages, checked against each other, and the totals."""
        pages = PagedResponse(ReportRequest.from_request(recorded["request"]))
        for body in recorded["pages"]:
            pages.add(page_from_json(body))
        return pages.answer(totals_from_json(recorded.get("totals")))


def totals_from_json(body: Any) -> dict[str, float] | None:
    """The totals of a date-only answer: 0.0 for every metric where it has no row, None where there is no answer."""
    if body is None:
        return None
    page = page_from_json(body)
    values = page.values[len(page.dimensions) :]
    return {
        name: sum(map(float, column.to_pylist())) for name, column in zip(page.metrics, values, strict=True)
    }
