"""Google Analytics 4, live: the days of a report, each fetched when it is called."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from kedro.io.core import DatasetError
from tenacity.wait import wait_fixed

from ees_analytics.parameters.google import MAX_PAGE_ROWS, Ga4Report
from ees_analytics.sources.day_response import DayResponse
from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.ga4.client import HOST, PropertyLimits, ReportClient, report_client
from ees_analytics.sources.ga4.page import ReportPage, ReportRequest
from ees_analytics.sources.ga4.response import days_of, read_report, totals_of
from ees_analytics.sources.google_dataset import GoogleDataset
from ees_analytics.sources.google_errors import ConcurrentQuota, DailyQuota, HourlyQuota
from ees_analytics.sources.retry import MAX_BACKOFF_SECONDS, repeat, repeat_within

SUMMABLE = ("eventCount", "screenPageViews")
"""Metrics whose parts sum to the day's total; users and sessions are estimates, which do not."""

CONCURRENT_QUOTA_RETRIES = 8
"""How often a request is repeated that met too many others at once."""


class Ga4ReportDataset(GoogleDataset):
    """A report of a Google Analytics 4 property, day by day; see ``GoogleDataset``.

    Rows are requested in one order over all dimensions, so that pages fit together.

    ```yaml
    source.ees_ga4_page:
      type: ees_analytics.sources.ga4.dataset.Ga4ReportDataset
      table: ees_ga4_page
      reports: ${globals:ga4_reports}
      property_id: "369420610"
    ```

    Args:
        reports: Table to report (``ga4_reports`` in `globals_ga4.yml`).
        transport: ``grpc``, or ``rest`` where a proxy lets nothing else pass.
        page_rows: Rows of one request, at most 250,000.
        reconcile: Request the day's totals too.
        quota_patience_seconds: How long a request waits for an hourly quota to return.
        server_errors_an_hour: After more than these in this process no further request is sent.
        google: See ``GoogleDataset``.
    """

    API = "Google Analytics"
    HOST = HOST
    SCOPES = ("https://www.googleapis.com/auth/analytics.readonly",)
    QUOTA_HINTS = {
        DailyQuota: "The daily quota returns at midnight Pacific time.",
        HourlyQuota: "The hourly quota returns within an hour (quota_patience_seconds waits for it).",
        ConcurrentQuota: "Others use this property at the same time; run again when they have finished.",
    }
    _request_hint = (
        "Compare the report in globals_ga4.yml with the names at "
        "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema."
    )

    def __init__(
        self,
        *,
        table: str,
        reports: Mapping[str, Mapping[str, Any]],
        property_id: str,
        transport: str = "grpc",
        page_rows: int = MAX_PAGE_ROWS,
        reconcile: bool = True,
        timeout_seconds: float = 120.0,
        quota_patience_seconds: float = 0.0,
        server_errors_an_hour: int = 8,
        **google: Any,
    ) -> None:
        super().__init__(transport=transport, timeout_seconds=timeout_seconds, **google)
        if table not in reports:
            raise DatasetError(
                f"There is no report for {table!r} in ga4_reports; there are {sorted(reports)}."
            )
        if not 1 <= page_rows <= MAX_PAGE_ROWS:
            raise DatasetError(f"page_rows {page_rows}: Google accepts 1 to {MAX_PAGE_ROWS}.")
        self._table, self._report = table, Ga4Report(**reports[table])
        self._property_id, self._page_rows, self._reconcile = str(property_id), page_rows, reconcile
        self._server_errors_an_hour = server_errors_an_hour
        self._access = f"the role Viewer on GA4 property {property_id} (Admin, Property access management)"
        self._quota_retries = (
            repeat(ConcurrentQuota, CONCURRENT_QUOTA_RETRIES, self._backoff_seconds),
            repeat_within(HourlyQuota, quota_patience_seconds, wait_fixed(MAX_BACKOFF_SECONDS)),
        )

    def _fetch(self, day: str) -> DayResponse:
        response = replace(
            self._read(day, tuple(self._report.dimensions), tuple(self._report.metrics)),
            control=self._days_with_rows,
        )
        metrics = self._metrics_to_total(empty=response.rows.num_rows == 0)
        if not metrics:
            return response
        return replace(response, totals=totals_of(self._read(day, ("date",), metrics).rows))

    def _metrics_to_total(self, empty: bool) -> tuple[str, ...]:
        """The metrics that sum; for an empty day any metric, to confirm that it is empty."""
        if not self._reconcile or len(self._report.dimensions) == 1:
            return ()
        summable = tuple(name for name in SUMMABLE if name in self._report.metrics)
        return summable or tuple(self._report.metrics)[: int(empty)]

    def _days_with_rows(self, first: str, last: str) -> set[str]:
        return days_of(self._read(first, ("date",), tuple(self._report.metrics)[:1], last).rows)

    def _read(
        self, day: str, dimensions: tuple[str, ...], metrics: tuple[str, ...], last: str | None = None
    ) -> DayResponse:
        request = ReportRequest(day, dimensions, metrics, self._property_id, self._page_rows, last)
        return read_report(request, self._pages(partial(self._page, request)))

    def _connect(self, credentials: Any) -> ReportClient:
        return report_client(self._endpoint, credentials, self._timeout_seconds, self._limits)

    def _page(self, request: ReportRequest, offset: int, client: ReportClient) -> ReportPage:
        limits = PropertyLimits.of(self._endpoint.host or HOST, self._property_id)
        with limits.server_errors.request(self._server_errors_an_hour), limits.slots:
            page = client(request, offset)
        if page.row_count > (most := self._limits.max_rows):
            raise MalformedResponse(
                f"{request}: {page.row_count:,} rows are stated, more than google_limits.max_rows = {most:,} allow"
            )
        return page

    def _describe(self) -> dict[str, Any]:
        return {"table": self._table, "property_id": self._property_id, **super()._describe()}
