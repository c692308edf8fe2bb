"""Recorded responses of Search Console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ees_analytics.sources.errors import UnstableSnapshot
from ees_analytics.sources.recorded import RecordedDataset
from ees_analytics.sources.search_console.page import rows_of_page, totals_of
from ees_analytics.sources.search_console.response import (
    PagedSearchResponse,
    SearchRequest,
    SearchResponse,
)


class RecordedSearchDataset(RecordedDataset[SearchResponse]):
    """One recorded day of a site: its request, its responses (the last has no rows), and that with the totals."""

    SHAPE = '{"site": …, "request": …, "pages": […], "totals": …}'

    def response(self, recorded: Mapping[str, Any]) -> SearchResponse:
        """The rows of all pages, up to the one without rows, and the totals."""
        request = recorded["request"]
        pages = PagedSearchResponse(
            SearchRequest(request["startDate"], recorded["site"], request["rowLimit"])
        )
        for body in recorded["pages"]:
            pages.add(rows_of_page(body))
        if not pages.complete:
            raise UnstableSnapshot(f"{pages.request}: the recording ends before a page without rows.")
        return pages.response(totals_of(recorded["totals"], pages.request.day))
