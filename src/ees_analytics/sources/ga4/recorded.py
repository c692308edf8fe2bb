"""Recorded responses of Google Analytics 4."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.ga4.page import ReportRequest, page_from_json
from ees_analytics.sources.ga4.response import read_report, totals_of
from ees_analytics.sources.recorded import RecordedDataset


class RecordedReportDataset(RecordedDataset):
    """One recorded day of one report: its request, its responses, and that with the date as only dimension or null."""

    SHAPE = '{"request": …, "pages": […], "totals": …}'

    def response(self, recorded: Mapping[str, Any], pages: Iterator[Any]) -> DayResponse:
        """The rows of all pages, checked against each other, and the totals."""
        request = ReportRequest.from_request(recorded["request"])
        response = read_report(request, map(page_from_json, pages))
        totals = recorded.get("totals")
        return (
            response if totals is None else replace(response, totals=totals_of(page_from_json(totals).rows))
        )
