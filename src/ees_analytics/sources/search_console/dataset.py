"""Search Console, live: a site's days, each asked for when it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from kedro.io.core import AbstractDataset, DatasetError

from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.ga4.retry import RetryPolicy
from ees_analytics.sources.google_auth import endpoint_of
from ees_analytics.sources.google_errors import Kind, RequestError
from ees_analytics.sources.lazy_days import LazyDays
from ees_analytics.sources.search_console.client import HOST, SearchConsoleClient
from ees_analytics.sources.search_console.response import (
    MAX_PAGE_ROWS,
    PagedSearchResponse,
    SearchRequest,
    SearchResponse,
    rows_of_page,
    totals_of,
)
from ees_analytics.sources.search_console.retry import CircuitBreaker, RateLimiter, SearchAttempts

QUERIES_A_MINUTE = 600
"""Half of what Google allows a site."""

Ask = Callable[[], SearchResponse]
Read = TypeVar("Read")


class SearchConsoleDataset(AbstractDataset[None, Mapping[str, Ask]]):
    """The search results of a site, day by day.

    ``load()`` asks nothing. It gives a mapping from ISO day to a callable, the interface of a
    ``PartitionedDataset``; any day may be called for, several at once. A callable asks for all pages of the day,
    until one comes without rows, then for the day's totals, and returns a ``SearchResponse`` or raises a
    ``SourceError``: an error is never an empty day.

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
            endpoint: ``http://`` of this machine, asked without credentials; unset: Google.
            key_file: A service account's key; unset: ``google.auth.default``.
            page_rows: Rows asked for at once, at most 25,000.
            timeout_seconds: How long one request may take.
            retries: How often a request is repeated after a server error or a broken connection.
            backoff_seconds: The first pause before a repeat.
            quota_patience_seconds: How long a request waits for a quota of minutes to return.
            queries_a_minute: At most so many requests; Google allows 1,200.
            failures_in_a_row: After so many requests that failed for good, nothing more is asked in the run.
            metadata: Ignored; for users and plugins.

        Raises:
            DatasetError: A setting is wrong; says which.
        """
        if not 1 <= page_rows <= MAX_PAGE_ROWS:
            raise DatasetError(f"page_rows {page_rows}: Search Console takes 1 to {MAX_PAGE_ROWS}.")
        if not 1 <= queries_a_minute <= 1_200:
            raise DatasetError(f"queries_a_minute {queries_a_minute}: Search Console allows 1 to 1,200.")
        self._endpoint = endpoint_of(endpoint, "rest")
        if self._endpoint.transport != "rest":
            raise DatasetError(f"endpoint {endpoint!r}: Search Console speaks http:// only.")
        self._site, self._page_rows, self._failures = site, page_rows, failures_in_a_row
        self._client = SearchConsoleClient(self._endpoint, key_file, timeout_seconds)
        self._patience = RetryPolicy(retries, backoff_seconds, quota_patience_seconds)
        self._pace, self._misfortune = RateLimiter(queries_a_minute), CircuitBreaker(failures_in_a_row)
        self.metadata = metadata

    def load(self) -> Mapping[str, Ask]:
        """The days, none of them asked for yet."""
        self._misfortune = CircuitBreaker(self._failures)
        return LazyDays(self._ask)

    def save(self, data: None) -> None:
        """Refuse: Search Console is read only."""
        raise DatasetError("Search Console is a source; nothing is written to it")

    def _ask(self, day: str) -> SearchResponse:
        question = SearchRequest(day, self._site, self._page_rows)
        pages = PagedSearchResponse(question)
        while not pages.complete:
            pages.add(self._query(question.request(pages.received), rows_of_page))
        return pages.answer(self._query(question.totals_request(), lambda body: totals_of(body, day)))

    def _query(self, request: Mapping[str, Any], read: Callable[[Any], Read]) -> Read:
        attempts = SearchAttempts(
            self._patience, self._pace, self._misfortune, lambda: self._client.account, self._site
        )
        return attempts.run(lambda: self._read(request, read))

    def _read(self, request: Mapping[str, Any], read: Callable[[Any], Read]) -> Read:
        body = self._client.query(self._site, request)
        try:
            return read(body)
        except MalformedResponse as error:
            raise RequestError(Kind.CONNECTION, str(error), MalformedResponse) from error

    def _describe(self) -> dict[str, Any]:
        return {"site": self._site, "endpoint": self._endpoint.host or HOST}
