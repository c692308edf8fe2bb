"""Google Analytics 4, live: a report's days, each asked for when it is called."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from kedro.io.core import AbstractDataset, DatasetError

from ees_analytics.parameters.ga4 import MAX_PAGE_ROWS, Ga4Report
from ees_analytics.sources.ga4.client import HOST, Transport, transport_to
from ees_analytics.sources.ga4.response import PagedResponse, ReportRequest, ReportResponse
from ees_analytics.sources.ga4.retry import ConcurrencyLimit, RetryingCall, RetryPolicy
from ees_analytics.sources.google_auth import account_of, credentials_for, endpoint_of
from ees_analytics.sources.lazy_days import LazyDays

SCOPES = ("https://www.googleapis.com/auth/analytics.readonly",)

SUMMABLE = ("eventCount", "screenPageViews")
"""Metrics whose parts sum to the day's total; users and sessions are estimates, which do not."""

Ask = Callable[[], ReportResponse]


class Ga4ReportDataset(AbstractDataset[None, Mapping[str, Ask]]):
    """A report of a Google Analytics 4 property, day by day.

    ``load()`` asks nothing. It gives a mapping from ISO day to a callable, the interface of a
    ``PartitionedDataset``; any day may be called for, several at once. A callable asks for all pages of the day in
    one order over all dimensions, then for the day's totals, and returns a ``ReportResponse`` or raises a
    ``SourceError``: an error is never an empty day.

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
            endpoint: ``http://`` (REST) or ``grpc://`` of this machine, asked without credentials; unset: Google.
            transport: ``grpc``, or ``rest`` where a proxy lets nothing else pass.
            key_file: A service account's key; unset: ``google.auth.default``.
            page_rows: Rows asked for at once, at most 250,000.
            reconcile: Ask for the day's totals too.
            timeout_seconds: How long one request may take.
            retries: How often a request is repeated after a server error or a broken connection.
            backoff_seconds: The first pause before a repeat.
            quota_patience_seconds: How long a request waits for an hourly quota to return.
            server_errors_an_hour: After so many in this process nothing more is asked.
            metadata: Ignored; for users and plugins.

        Raises:
            DatasetError: A setting is wrong; says which.
        """
        if table not in reports:
            raise DatasetError(
                f"There is no report for {table!r} in ga4_reports; there are {sorted(reports)}."
            )
        if not 1 <= page_rows <= MAX_PAGE_ROWS:
            raise DatasetError(f"page_rows {page_rows}: Google takes 1 to {MAX_PAGE_ROWS}.")
        self._table, self._report = table, Ga4Report(**reports[table])
        self._property_id, self._page_rows, self._reconcile = str(property_id), page_rows, reconcile
        self._endpoint, self._key_file = endpoint_of(endpoint, transport), key_file
        self._timeout = timeout_seconds
        self._patience = RetryPolicy(retries, backoff_seconds, quota_patience_seconds, server_errors_an_hour)
        self._connecting = threading.Lock()
        self.metadata = metadata

    def load(self) -> Mapping[str, Ask]:
        """The days, none of them asked for yet."""
        return LazyDays(self._ask)

    def save(self, data: None) -> None:
        """Refuse: Google Analytics is read only."""
        raise DatasetError(f"{self._table}: Google Analytics is a source; nothing is written to it")

    def _ask(self, day: str) -> ReportResponse:
        dimensions, metrics = tuple(self._report.dimensions), tuple(self._report.metrics)
        answer = self._whole(ReportRequest(day, dimensions, metrics, self._property_id, self._page_rows))
        wide = self._totals_question(day, empty=answer.row_count == 0)
        return replace(answer, totals=self._totals(wide)) if wide else answer

    def _whole(self, question: ReportRequest) -> ReportResponse:
        pages = PagedResponse(question)
        while not pages.complete:
            pages.add(self._page(question, pages.received))
        return pages.answer()

    def _page(self, question: ReportRequest, offset: int) -> Any:
        attempts = RetryingCall(
            self._patience, self._gate, lambda: account_of(self._credentials), self._property_id
        )
        return attempts.run(lambda: self._connected().page(question, offset))

    def _totals_question(self, day: str, empty: bool) -> ReportRequest | None:
        """What to ask with the date alone: metrics that sum; for an empty day any metric, to see whether it is."""
        if not self._reconcile or len(self._report.dimensions) == 1:
            return None
        metrics = tuple(name for name in SUMMABLE if name in self._report.metrics)
        if not metrics and empty:
            metrics = (next(iter(self._report.metrics)),)
        return ReportRequest(day, ("date",), metrics, self._property_id, 1000) if metrics else None

    def _totals(self, question: ReportRequest) -> dict[str, float]:
        answer = self._whole(question)
        return {name: answer.sum_of(name) for name in question.metrics}

    @property
    def _gate(self) -> ConcurrencyLimit:
        return ConcurrencyLimit.of(self._endpoint.host or HOST, self._property_id)

    def _connected(self) -> Transport:
        with self._connecting:
            return self._transport

    @cached_property
    def _credentials(self) -> Any:
        return credentials_for(self._endpoint, SCOPES, self._key_file)

    @cached_property
    def _transport(self) -> Transport:
        return transport_to(self._endpoint, self._credentials, self._timeout)

    def _describe(self) -> dict[str, Any]:
        return {
            "table": self._table,
            "property_id": self._property_id,
            "endpoint": self._endpoint.host or HOST,
            "transport": self._endpoint.transport,
        }
