"""One runReport request over gRPC or REST: a page of text columns, or a ``SourceError``."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import grpc
import pyarrow as pa
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.services.beta_analytics_data.transports import (
    BetaAnalyticsDataGrpcTransport,
)
from google.analytics.data_v1beta.types import RunReportRequest
from google.protobuf import json_format  # type: ignore[import-untyped]

from ees_analytics.parameters.google import ResponseLimits
from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.ga4.page import ReportPage, ReportRequest, columns, page_from_json
from ees_analytics.sources.google_auth import Endpoint
from ees_analytics.sources.google_errors import ServerError, classify
from ees_analytics.sources.google_rest import RestClient
from ees_analytics.sources.retry import CircuitBreaker

HOST = "analyticsdata.googleapis.com"
CONCURRENT_REQUESTS = 10
"""Google's limit for a property."""


class PropertyLimits:
    """Requests at once, and server errors within the hour: at 10 of these Google blocks the property."""

    _known: ClassVar[dict[tuple[str, str], "PropertyLimits"]] = {}

    def __init__(self, property_id: str) -> None:
        """Limits of their own; ``of`` gives the shared ones."""
        self.slots = threading.BoundedSemaphore(CONCURRENT_REQUESTS)
        self.server_errors = CircuitBreaker(
            ServerError,
            "Google Analytics sent {failures} server errors within an hour; at 10 it blocks property "
            f"{property_id}. No further request is sent within this hour; run again later.",
            window_seconds=3600.0,
        )

    @classmethod
    def of(cls, host: str, property_id: str) -> "PropertyLimits":
        """The limits of a property on a host."""
        return cls._known.setdefault((host, property_id), cls(property_id))


ReportClient = Callable[[ReportRequest, int], ReportPage]
"""Requests the page that begins at a row; raises a ``SourceError`` where there is none. Threads may share it."""


def report_client(
    endpoint: Endpoint, credentials: Any, timeout_seconds: float, limits: ResponseLimits
) -> ReportClient:
    """The client of the endpoint's transport; nothing is sent yet."""
    if endpoint.transport == "grpc":
        return partial(_page_by_grpc, _grpc_client(endpoint, credentials, limits), timeout_seconds)
    return partial(_page_by_rest, RestClient(HOST, endpoint, credentials, timeout_seconds, limits))


def _page_by_rest(client: RestClient, request: ReportRequest, offset: int) -> ReportPage:
    body = request.request(offset)
    return page_from_json(client.post(f"v1beta/{body.pop('property')}:runReport", body))


def _page_by_grpc(
    client: BetaAnalyticsDataClient, timeout_seconds: float, request: ReportRequest, offset: int
) -> ReportPage:
    message = RunReportRequest.wrap(json_format.ParseDict(request.request(offset), RunReportRequest.pb()()))
    try:
        response = client.run_report(message, timeout=timeout_seconds, retry=None)
    except Exception as error:
        raise classify(error) from error
    return _page_of_protobuf(response._pb)


def _grpc_client(endpoint: Endpoint, credentials: Any, limits: ResponseLimits) -> BetaAnalyticsDataClient:
    host, options = endpoint.host or HOST, [("grpc.max_receive_message_length", limits.max_bytes)]
    if endpoint.local:
        channel = grpc.insecure_channel(host, options=[*options, ("grpc.enable_http_proxy", 0)])
    else:
        channel = BetaAnalyticsDataGrpcTransport.create_channel(host, credentials, options=options)
    return BetaAnalyticsDataClient(transport=BetaAnalyticsDataGrpcTransport(host=host, channel=channel))


def _page_of_protobuf(message: Any) -> ReportPage:
    """The page of a response; its raw protobuf is read, which is ten times faster than Google's wrappers."""
    dimensions = [header.name for header in message.dimension_headers]
    metrics = [header.name for header in message.metric_headers]
    if not (dimensions or metrics or message.kind or message.HasField("metadata")):
        raise MalformedResponse("The response of Google Analytics is not a report: it is empty")
    rows = message.rows
    widths = {(len(row.dimension_values), len(row.metric_values)) for row in rows}
    if widths - {(len(dimensions), len(metrics))}:
        raise MalformedResponse("Google Analytics sent a row that does not have one value for each header")
    table = {
        **columns(dimensions, [value.value for row in rows for value in row.dimension_values]),
        **columns(metrics, [value.value for row in rows for value in row.metric_values]),
    }
    body = {
        "metadata": json_format.MessageToDict(message.metadata),
        "propertyQuota": json_format.MessageToDict(message.property_quota),
    }
    return ReportPage(pa.table(table), message.row_count, body)
