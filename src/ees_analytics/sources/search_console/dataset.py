"""Search Console, live: the days of a site, each fetched when it is called."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from kedro.io.core import DatasetError

from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.errors import MalformedResponse, SourceUnavailable
from ees_analytics.sources.google_dataset import GoogleDataset, LazyDays, Result
from ees_analytics.sources.google_errors import ConcurrentQuota, DailyQuota, HourlyQuota
from ees_analytics.sources.google_rest import RestClient
from ees_analytics.sources.retry import CircuitBreaker, RateLimiter, backoff, repeat_within
from ees_analytics.sources.search_console.response import (
    MAX_PAGE_ROWS,
    SearchRequest,
    days_of,
    read_pages,
    response_of,
    rows_of_page,
    totals_of,
)

QUERIES_A_MINUTE = 600
"""Half of what Google allows a site."""


class SearchConsoleDataset(GoogleDataset):
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
        quota_patience_seconds: How long a request waits for a quota of minutes to return.
        queries_a_minute: Most requests within a minute; Google allows 1,200.
        failures_in_a_row: After this number of requests that failed in spite of repeats, no further one is sent in
            the run.
        google: See ``GoogleDataset``.
    """

    API = "Search Console"
    HOST = "searchconsole.googleapis.com"
    SCOPES = ("https://www.googleapis.com/auth/webmasters.readonly",)
    QUOTA_HINTS = {
        DailyQuota: "The daily quota returns at midnight Pacific time.",
        HourlyQuota: "The quota returns within minutes.",
        ConcurrentQuota: "The quota returns within minutes.",
    }

    def __init__(
        self,
        *,
        site: str,
        page_rows: int = MAX_PAGE_ROWS,
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
        self._site, self._page_rows = site, page_rows
        self._access = (
            f"read access to the property {site} (in Search Console: Settings, Users and permissions, Add user, "
            "Restricted), a project in which the Search Console API is switched on"
        )
        self._request_hint = f"Check search_console_site ({site}): it must be spelt as in Search Console, with its slash at the end."
        quotas = (ConcurrentQuota, HourlyQuota)
        self._quota_retries = (repeat_within(quotas, quota_patience_seconds, backoff(self._backoff_seconds)),)
        self._limiter = RateLimiter(queries_a_minute, seconds=60.0)
        self._failures_in_a_row = failures_in_a_row
        self._breaker = CircuitBreaker(
            (SourceUnavailable, MalformedResponse),
            "{failures} requests failed in a row: no further one is sent in this run.",
        )

    def load(self) -> LazyDays:
        """The days, none of them fetched yet; failures of an earlier run no longer count."""
        self._breaker.reset()
        return super().load()

    def _fetch(self, day: str) -> DayResponse:
        request = SearchRequest(day, self._site, self._page_rows)
        pages = self._pages(lambda offset, client: rows_of_page(self._query(client, request.request(offset))))
        found = read_pages(request, pages)
        totals = self._call(lambda client: totals_of(self._query(client, request.totals_request()), day))
        return replace(response_of(found, totals, request.request()), control=self._days_with_rows)

    def _days_with_rows(self, first: str, last: str) -> set[str]:
        request = SearchRequest(first, self._site, self._page_rows).totals_request(last)
        return self._call(lambda client: days_of(self._query(client, request)))

    def _connect(self, credentials: Any) -> RestClient:
        return RestClient(self.HOST, self._endpoint, credentials, self._timeout_seconds, self._limits)

    def _query(self, client: RestClient, body: Mapping[str, Any]) -> Any:
        self._limiter.wait()
        return client.post(f"webmasters/v3/sites/{quote(self._site, safe='')}/searchAnalytics/query", body)

    def _call(self, attempt: Callable[[Any], Result]) -> Result:
        with self._breaker.request(self._failures_in_a_row - 1):
            return super()._call(attempt)

    def _describe(self) -> dict[str, Any]:
        return {"site": self._site, **super()._describe()}
