"""Recorded responses of Search Console."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.recorded import RecordedDataset
from ees_analytics.sources.search_console.response import (
    SearchRequest,
    days_of,
    read_pages,
    response_of,
    rows_of_page,
    totals_of,
)


class RecordedSearchDataset(RecordedDataset):
    """One recorded day of a site: its request, its responses (the last has no rows), and that with the totals.

    Of a day without rows it also has the response for the days around it, with the date as only dimension.
    """

    SHAPE = '{"site": …, "request": …, "pages": […], "totals": …}, of an empty day also "control"'

    def response(self, recorded: Mapping[str, Any], pages: Iterator[Any]) -> DayResponse:
        """The rows of all pages, up to the one without rows, and the totals."""
        day, page_rows = recorded["request"]["startDate"], recorded["request"]["rowLimit"]
        request = SearchRequest(day, recorded["site"], page_rows)
        found = read_pages(request, map(rows_of_page, pages))
        response = response_of(found, totals_of(recorded["totals"], day), request.request())
        if (control := recorded.get("control")) is None:
            return response
        days = days_of(control)
        return replace(response, control=lambda first, last: days)
