"""Google Analytics 4, live: the days of a report, each fetched when it is called."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from kedro.io.core import AbstractDataset, DatasetError
from tenacity.wait import wait_fixed

from ees_analytics.parameters.ga4 import MAX_PAGE_ROWS, Ga4Report
from ees_analytics.sources.ga4.client import HOST, ReportClient
from ees_analytics.sources.ga4.limits import PropertyLimits
from ees_analytics.sources.ga4.page import ResponsePage
from ees_analytics.sources.ga4.response import PagedResponse, ReportRequest, ReportResponse, sum_of
from ees_analytics.sources.google_auth import account_of, credentials_for, endpoint_of
from ees_analytics.sources.google_errors import Quota
from ees_analytics.sources.google_retry import GoogleCalls
from ees_analytics.sources.lazy_days import LazyDays
from ees_analytics.sources.retry import MAX_BACKOFF_SECONDS, RetryPolicy

SCOPES = ("https://www.googleapis.com/auth/analytics.readonly",)

SUMMABLE = ("eventCount", "screenPageViews")
"""Metrics whose parts sum to the day's total; users and sessions are estimates, which do not."""

CONCURRENT_QUOTA_RETRIES = 8
"""How often a request is repeated that met too many others at once."""


class Ga4ReportDataset(AbstractDataset[None, Mapping[str, Callable[[], ReportResponse]]]):
    """A report of a Google Analytics 4 property, day by day.

    ``load()`` sends no request. It gives a mapping from ISO day to a callable, the interface of a
    ``PartitionedDataset``; any day may be called, several at once. A callable requests all pages of the day in one
    order over all dimensions, then the day's totals, and returns a ``ReportResponse`` or raises a ``SourceError``:
    an error is never an empty day.

    ```yaml
    source.ees_ga4_page:
      type: ees_analytics.sources.ga4.dataset.Ga4ReportDataset
      table: ees_ga4_page
      reports: ${globals:ga4_reports}
      property_id: "369420610"
    ```
    """

    def __init__(
        self,
        *,
        table: str,
        reports: Mapping[str, Mapping[str, Any]],
        property_id: str,
        endpoint: str | None = None,
        transport: str = "grpc",
        key_file: str | None = None,
        page_rows: int = MAX_PAGE_ROWS,
        reconcile: bool = True,
        timeout_seconds: float = 120.0,
        retries: int = 3,
        backoff_seconds: float = 1.0,
        quota_patience_seconds: float = 0.0,
        server_errors_an_hour: int = 8,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Check the settings; nothing is opened yet.

        Args:
            table: Which of the reports.
            reports: Table to report (``ga4_reports`` in `globals_ga4.yml`).
            property_id: The property's number.
            endpoint: ``http://`` (REST) or ``grpc://`` of this machine, without credentials; unset: Google.
            transport: ``grpc``, or ``rest`` where a proxy lets nothing else pass.
            key_file: A service account's key; unset: ``google.auth.default``.
            page_rows: Rows of one request, at most 250,000.
            reconcile: Request the day's totals too.
            timeout_seconds: How long one request may take.
            retries: How often a request is repeated after a server error or a broken connection.
            backoff_seconds: The first pause before a repeat.
            quota_patience_seconds: How long a request waits for an hourly quota to return.
            server_errors_an_hour: After more than these in this process no further request is sent.
            metadata: Ignored; for users and plugins.

        Raises:
            DatasetError: A setting is wrong; names it.
        """
        if table not in reports:
            raise DatasetError(
                f"There is no report for {table!r} in ga4_reports; there are {sorted(reports)}."
            )
        if not 1 <= page_rows <= MAX_PAGE_ROWS:
            raise DatasetError(f"page_rows {page_rows}: Google accepts 1 to {MAX_PAGE_ROWS}.")
        self._table, self._report = table, Ga4Report(**reports[table])
        self._property_id, self._page_rows, self._reconcile = str(property_id), page_rows, reconcile
        self._endpoint, self._key_file = endpoint_of(endpoint, transport), key_file
        self._timeout_seconds, self._server_errors_an_hour = timeout_seconds, server_errors_an_hour
        self._calls = GoogleCalls(
            api="Google Analytics",
            account=lambda: account_of(self._credentials),
            access=f"the role Viewer on GA4 property {property_id} (Admin, Property access management)",
            request_hint="Compare the report in globals_ga4.yml with the names at "
            "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema.",
            quota_hints=_QUOTA_HINTS,
            retries=retries,
            backoff_seconds=backoff_seconds,
            quota_policies={
                Quota.CONCURRENT: RetryPolicy.repeat(CONCURRENT_QUOTA_RETRIES, backoff_seconds),
                Quota.HOUR: RetryPolicy.wait_at_most(quota_patience_seconds, wait_fixed(MAX_BACKOFF_SECONDS)),
            },
        )
        self._connecting = threading.Lock()
        self.metadata = metadata

    def load(self) -> Mapping[str, Callable[[], ReportResponse]]:
        """The days, none of them fetched yet."""
        return LazyDays(self._fetch)

    def save(self, data: None) -> None:
        """Refuse: Google Analytics is read only."""
        raise DatasetError(f"{self._table}: Google Analytics is a source; nothing is written to it")

    def _fetch(self, day: str) -> ReportResponse:
        dimensions, metrics = tuple(self._report.dimensions), tuple(self._report.metrics)
        response = self._all_pages(
            ReportRequest(day, dimensions, metrics, self._property_id, self._page_rows)
        )
        metrics = self._metrics_to_total(empty=response.rows.num_rows == 0)
        if not metrics:
            return response
        totals = self._all_pages(ReportRequest(day, ("date",), metrics, self._property_id, 1000)).rows
        return replace(response, totals={name: sum_of(totals[name], name) for name in metrics})

    def _metrics_to_total(self, empty: bool) -> tuple[str, ...]:
        """The metrics that sum; for an empty day any metric, to confirm that it is empty."""
        if not self._reconcile or len(self._report.dimensions) == 1:
            return ()
        summable = tuple(name for name in SUMMABLE if name in self._report.metrics)
        return summable or tuple(self._report.metrics)[: int(empty)]

    def _all_pages(self, request: ReportRequest) -> ReportResponse:
        pages = PagedResponse(request)
        while not pages.complete:
            pages.add(self._calls.call(partial(self._page, request, pages.received)))
        return pages.response()

    def _page(self, request: ReportRequest, offset: int) -> ResponsePage:
        limits = PropertyLimits.of(self._endpoint.host or HOST, self._property_id)
        return limits.send(lambda: self._connected().page(request, offset), self._server_errors_an_hour)

    def _connected(self) -> ReportClient:
        with self._connecting:
            return self._client

    @cached_property
    def _credentials(self) -> Any:
        return credentials_for(self._endpoint, SCOPES, self._key_file)

    @cached_property
    def _client(self) -> ReportClient:
        return ReportClient(self._endpoint, self._credentials, self._timeout_seconds)

    def _describe(self) -> dict[str, Any]:
        return {
            "table": self._table,
            "property_id": self._property_id,
            "endpoint": self._endpoint.host or HOST,
            "transport": self._endpoint.transport,
        }


_QUOTA_HINTS = {
    Quota.DAY: "The daily quota returns at midnight Pacific time.",
    Quota.HOUR: "The hourly quota returns within an hour (quota_patience_seconds waits for it).",
    Quota.CONCURRENT: "Others use this property at the same time; run again when they have finished.",
}
