"""Search Console, live: the days of a site, each fetched when it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from kedro.io.core import AbstractDataset, DatasetError

from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.sources.google_auth import endpoint_of
from ees_analytics.sources.google_errors import Quota
from ees_analytics.sources.google_retry import GoogleCalls
from ees_analytics.sources.lazy_days import LazyDays
from ees_analytics.sources.retry import CircuitBreaker, CircuitOpen, RateLimiter, RetryPolicy, backoff
from ees_analytics.sources.search_console.client import HOST, SearchConsoleClient
from ees_analytics.sources.search_console.response import (
    MAX_PAGE_ROWS,
    PagedSearchResponse,
    SearchRequest,
    SearchResponse,
    rows_of_page,
    totals_of,
)

QUERIES_A_MINUTE = 600
"""Half of what Google allows a site."""

Parsed = TypeVar("Parsed")


class SearchConsoleDataset(AbstractDataset[None, Mapping[str, Callable[[], SearchResponse]]]):
    """The search results of a site, day by day.

    ``load()`` sends no request. It gives a mapping from ISO day to a callable, the interface of a
    ``PartitionedDataset``; any day may be called, several at once. A callable requests all pages of the day, until
    one comes without rows, then the day's totals, and returns a ``SearchResponse`` or raises a ``SourceError``: an
    error is never an empty day.

    ```yaml
    source.ees_search_console:
      type: ees_analytics.sources.search_console.dataset.SearchConsoleDataset
      site: https://explore-education-statistics.service.gov.uk/
    ```
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        site: str,
        endpoint: str | None = None,
        key_file: str | None = None,
        page_rows: int = MAX_PAGE_ROWS,
        timeout_seconds: float = 60.0,
        retries: int = 3,
        backoff_seconds: float = 1.0,
        quota_patience_seconds: float = 20.0,
        queries_a_minute: int = QUERIES_A_MINUTE,
        failures_in_a_row: int = 5,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Check the settings; nothing is opened yet.

        Args:
            site: The property, as Search Console spells it.
            endpoint: ``http://`` of this machine, without credentials; unset: Google.
            key_file: A service account's key; unset: ``google.auth.default``.
            page_rows: Rows of one request, at most 25,000.
            timeout_seconds: How long one request may take.
            retries: How often a request is repeated after a server error or a broken connection.
            backoff_seconds: The first pause before a repeat.
            quota_patience_seconds: How long a request waits for a quota of minutes to return.
            queries_a_minute: Most requests within a minute; Google allows 1,200.
            failures_in_a_row: After this number of requests that failed in spite of repeats, no further one is
                sent in the run.
            metadata: Ignored; for users and plugins.

        Raises:
            DatasetError: A setting is wrong; names it.
        """
        if not 1 <= page_rows <= MAX_PAGE_ROWS:
            raise DatasetError(f"page_rows {page_rows}: Search Console accepts 1 to {MAX_PAGE_ROWS}.")
        if not 1 <= queries_a_minute <= 1_200:
            raise DatasetError(f"queries_a_minute {queries_a_minute}: Search Console allows 1 to 1,200.")
        self._endpoint = endpoint_of(endpoint, "rest")
        if self._endpoint.transport != "rest":
            raise DatasetError(f"endpoint {endpoint!r}: Search Console supports http:// only.")
        self._site, self._page_rows, self._failures_in_a_row = site, page_rows, failures_in_a_row
        self._client = SearchConsoleClient(self._endpoint, key_file, timeout_seconds)
        quota_policy = RetryPolicy.wait_at_most(quota_patience_seconds, backoff(backoff_seconds))
        self._calls = GoogleCalls(
            api="Search Console",
            account=lambda: self._client.account,
            access=f"read access to the property {site} (in Search Console: Settings, Users and permissions, Add user, "
            "Restricted), a project in which the Search Console API is switched on",
            request_hint=f"Check search_console_site ({site}): it must be spelt as in Search Console, with its slash at "
            "the end.",
            quota_hints=_QUOTA_HINTS,
            retries=retries,
            backoff_seconds=backoff_seconds,
            quota_policies={Quota.CONCURRENT: quota_policy, Quota.HOUR: quota_policy},
        )
        self._limiter, self._breaker = RateLimiter(queries_a_minute, 60.0), CircuitBreaker()
        self.metadata = metadata

    def load(self) -> Mapping[str, Callable[[], SearchResponse]]:
        """The days, none of them fetched yet."""
        self._breaker.record_success()
        return LazyDays(self._fetch)

    def save(self, data: None) -> None:
        """Refuse: Search Console is read only."""
        raise DatasetError("Search Console is a source; nothing is written to it")

    def _fetch(self, day: str) -> SearchResponse:
        pages = PagedSearchResponse(SearchRequest(day, self._site, self._page_rows))
        while not pages.complete:
            pages.add(self._query(pages.request.request(pages.received), rows_of_page))
        totals = self._query(pages.request.totals_request(), partial(totals_of, day=day))
        return pages.response(totals)

    def _query(self, body: Mapping[str, Any], parse: Callable[[Any], Parsed]) -> Parsed:
        try:
            parsed = self._calls.call(lambda: self._query_once(body, parse))
        except SourceStop:
            raise
        except SourceError as error:
            self._breaker.record_failure()
            if self._breaker.failures >= self._failures_in_a_row:
                raise CircuitOpen(
                    f"{error}. So did the requests before: no further one is sent in this run."
                ) from error
            raise
        self._breaker.record_success()
        return parsed

    def _query_once(self, body: Mapping[str, Any], parse: Callable[[Any], Parsed]) -> Parsed:
        self._limiter.wait()
        return parse(self._client.query(self._site, body))

    def _describe(self) -> dict[str, Any]:
        return {"site": self._site, "endpoint": self._endpoint.host or HOST}


_QUOTA_HINTS = {
    Quota.DAY: "The daily quota returns at midnight Pacific time.",
    Quota.HOUR: "The quota returns within minutes.",
    Quota.CONCURRENT: "The quota returns within minutes.",
}
