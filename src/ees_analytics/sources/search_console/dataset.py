"""Search Console, live: the days of a site, each fetched when it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from kedro.io.core import DatasetError

from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.sources.google_dataset import GoogleDataset
from ees_analytics.sources.google_errors import Quota
from ees_analytics.sources.retry import CircuitBreaker, CircuitOpen, RateLimiter, RetryPolicy, backoff
from ees_analytics.sources.search_console.client import HOST, SearchConsoleClient
from ees_analytics.sources.search_console.page import rows_of_page, totals_of
from ees_analytics.sources.search_console.response import (
    MAX_PAGE_ROWS,
    PagedSearchResponse,
    SearchRequest,
    SearchResponse,
)

QUERIES_A_MINUTE = 600
"""Half of what Google allows a site."""

Parsed = TypeVar("Parsed")


class SearchConsoleDataset(GoogleDataset[SearchResponse]):
    """The search results of a site, day by day; see ``GoogleDataset``.

    Pages are requested until one comes without rows: a short page is not the end.

    ```yaml
    source.ees_search_console:
      type: ees_analytics.sources.search_console.dataset.SearchConsoleDataset
      site: https://explore-education-statistics.service.gov.uk/
    ```

    Args:
        site: The property, as Search Console spells it.
        page_rows: Rows of one request, at most 25,000.
        timeout_seconds: How long one request may take.
        quota_patience_seconds: How long a request waits for a quota of minutes to return.
        queries_a_minute: Most requests within a minute; Google allows 1,200.
        failures_in_a_row: After this number of requests that failed in spite of repeats, no further one is sent in
            the run.
        google: See ``GoogleDataset``.
    """

    API = "Search Console"
    HOST = HOST
    SCOPES = ("https://www.googleapis.com/auth/webmasters.readonly",)
    QUOTA_HINTS = {
        Quota.DAY: "The daily quota returns at midnight Pacific time.",
        Quota.HOUR: "The quota returns within minutes.",
        Quota.CONCURRENT: "The quota returns within minutes.",
    }

    def __init__(
        self,
        *,
        site: str,
        page_rows: int = MAX_PAGE_ROWS,
        timeout_seconds: float = 60.0,
        quota_patience_seconds: float = 20.0,
        queries_a_minute: int = QUERIES_A_MINUTE,
        failures_in_a_row: int = 5,
        **google: Any,
    ) -> None:
        super().__init__(**google)
        if not 1 <= page_rows <= MAX_PAGE_ROWS:
            raise DatasetError(f"page_rows {page_rows}: Search Console accepts 1 to {MAX_PAGE_ROWS}.")
        if not 1 <= queries_a_minute <= 1_200:
            raise DatasetError(f"queries_a_minute {queries_a_minute}: Search Console allows 1 to 1,200.")
        if self._endpoint.transport != "rest":
            raise DatasetError("Search Console supports http:// only, not grpc.")
        self._site, self._page_rows, self._timeout_seconds = site, page_rows, timeout_seconds
        self._access = (
            f"read access to the property {site} (in Search Console: Settings, Users and permissions, Add user, "
            "Restricted), a project in which the Search Console API is switched on"
        )
        self._request_hint = f"Check search_console_site ({site}): it must be spelt as in Search Console, with its slash at the end."
        quota_policy = RetryPolicy.wait_at_most(quota_patience_seconds, backoff(self._backoff_seconds))
        self._quota_policies = {Quota.CONCURRENT: quota_policy, Quota.HOUR: quota_policy}
        self._limiter = RateLimiter(queries_a_minute, seconds=60.0)
        self._breaker, self._failures_in_a_row = CircuitBreaker(), failures_in_a_row

    def load(self) -> Mapping[str, Callable[[], SearchResponse]]:
        """The days, none of them fetched yet; failures of an earlier run no longer count."""
        self._breaker.record_success()
        return super().load()

    def _fetch(self, day: str) -> SearchResponse:
        request = SearchRequest(day, self._site, self._page_rows)
        pages = PagedSearchResponse(request)
        while not pages.complete:
            pages.add(self._query(request.request(pages.rows.num_rows), rows_of_page))
        return pages.response(self._query(request.totals_request(), partial(totals_of, day=day)))

    def _query(self, body: Mapping[str, Any], parse: Callable[[Any], Parsed]) -> Parsed:
        try:
            parsed = self._call(partial(self._query_once, body, parse))
        except SourceStop:
            raise
        except SourceError as error:
            self._breaker.record_failure()
            if self._breaker.failures < self._failures_in_a_row:
                raise
            raise CircuitOpen(
                f"{error}. So did the requests before: no further one is sent in this run."
            ) from error
        self._breaker.record_success()
        return parsed

    def _query_once(self, body: Mapping[str, Any], parse: Callable[[Any], Parsed]) -> Parsed:
        self._limiter.wait()
        return parse(self._connected().query(self._site, body))

    def _connect(self, credentials: Any) -> SearchConsoleClient:
        return SearchConsoleClient(self._endpoint, credentials, self._timeout_seconds)

    def _describe(self) -> dict[str, Any]:
        return {"site": self._site, **super()._describe()}
