"""Recorded responses of Google Analytics 4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ees_analytics.sources.ga4.page import ReportRequest, page_from_json
from ees_analytics.sources.ga4.response import PagedResponse, ReportResponse, sum_of
from ees_analytics.sources.recorded import RecordedDataset


class RecordedReportDataset(RecordedDataset[ReportResponse]):
    """One recorded day of one report: its request, its responses, and that with the date as only dimension or null."""

    SHAPE = '{"request": …, "pages": […], "totals": …}'

    def response(self, recorded: Mapping[str, Any]) -> ReportResponse:
        """The rows of all pages, checked against each other, and the totals."""
        pages = PagedResponse(ReportRequest.from_request(recorded["request"]))
        for body in recorded["pages"]:
            pages.add(page_from_json(body))
        return pages.response(_totals(recorded.get("totals")))


def _totals(body: Any) -> dict[str, float] | None:
    if body is None:
        return None
    page = page_from_json(body)
    return {name: sum_of(page.rows[name], name) for name in page.rows.column_names if name != "date"}
