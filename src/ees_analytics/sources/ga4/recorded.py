"""Recorded responses of Google Analytics 4."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.ga4.page import ReportRequest, page_from_json
from ees_analytics.sources.ga4.response import days_of, read_report, totals_of
from ees_analytics.sources.recorded import RecordedDataset


class RecordedReportDataset(RecordedDataset):
    """One recorded day of one report: its request, its responses, and that with the date as only dimension or null.

    Of a day without rows it also has the response for the days around it, with the date as only dimension.
    """

    SHAPE = '{"request": …, "pages": […], "totals": …}, of an empty day also "control"'

    def response(self, recorded: Mapping[str, Any], pages: Iterator[Any]) -> DayResponse:
        """The rows of all pages, checked against each other, and the totals."""
        request = ReportRequest.from_request(recorded["request"])
        response = read_report(request, map(page_from_json, pages))
        totals, control = (
            page_from_json(body).rows if (body := recorded.get(name)) is not None else None
            for name in ("totals", "control")
        )
        return replace(
            response,
            totals=None if totals is None else totals_of(totals),
            control=None if control is None else lambda first, last: days_of(control),
        )
