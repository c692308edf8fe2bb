"""One runReport request over gRPC or REST: a page of text columns, or a ``RequestError``."""

from __future__ import annotations

from typing import Any, Protocol

import grpc
import pyarrow as pa
import requests
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.services.beta_analytics_data.transports import (
    BetaAnalyticsDataGrpcTransport,
)
from google.analytics.data_v1beta.types import RunReportRequest
from google.protobuf import json_format  # type: ignore[import-untyped]

from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.ga4.response import ReportRequest, ResponsePage
from ees_analytics.sources.ga4.retry import REQUESTS_AT_ONCE
from ees_analytics.sources.google_auth import Endpoint
from ees_analytics.sources.google_errors import CLIENT_ERRORS, Kind, RequestError, error_from_exception

HOST = "analyticsdata.googleapis.com"
_UNBOUNDED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Transport(Protocol):
    """Asks for one page; may be used by several threads at once."""

    def page(self, question: ReportRequest, offset: int) -> ResponsePage:
        """One page; raises ``RequestError``, and nothing else, where there is none."""


def transport_to(endpoint: Endpoint, credentials: Any, timeout_seconds: float) -> Transport:
    """The transport that an endpoint speaks."""
    make_client = _grpc_client if endpoint.transport == "grpc" else _rest_client
    return ClientTransport(make_client(endpoint, credentials), timeout_seconds)


class ClientTransport:
    """Google's own client; rows are read from the raw protobuf, which is ten times faster than its wrappers."""

    def __init__(self, client: BetaAnalyticsDataClient, timeout_seconds: float) -> None:
        """Keep the client; nothing is asked yet."""
        self._client = client
        self._timeout = timeout_seconds

    def page(self, question: ReportRequest, offset: int) -> ResponsePage:
        """One page; raises ``RequestError`` where there is none."""
        request = json_format.ParseDict(question.request(offset), RunReportRequest.pb()())
        try:
            answer = self._client.run_report(
                RunReportRequest.wrap(request), timeout=self._timeout, retry=None
            )
        except CLIENT_ERRORS as error:
            raise error_from_exception(error) from error
        try:
            return _page_of_protobuf(answer._pb)
        except MalformedResponse as error:
            raise RequestError(Kind.CONNECTION, str(error), MalformedResponse) from error


def _grpc_client(endpoint: Endpoint, credentials: Any) -> BetaAnalyticsDataClient:
    host = endpoint.host or HOST
    if endpoint.local:
        options = [*_UNBOUNDED, ("grpc.enable_http_proxy", 0)]
        made = BetaAnalyticsDataGrpcTransport(channel=grpc.insecure_channel(host, options=options))
    else:
        made = BetaAnalyticsDataGrpcTransport(credentials=credentials, host=host)
    return BetaAnalyticsDataClient(transport=made)


def _rest_client(endpoint: Endpoint, credentials: Any) -> BetaAnalyticsDataClient:
    address = f"http://{endpoint.host}" if endpoint.local else f"https://{endpoint.host or HOST}"
    client = BetaAnalyticsDataClient(
        transport="rest", credentials=credentials, client_options={"api_endpoint": address}
    )
    made: Any = client.transport
    session = made._session
    session.trust_env = not endpoint.local
    session.max_redirects = 0
    adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=REQUESTS_AT_ONCE)
    session.mount(address, adapter)
    return client


def _page_of_protobuf(message: Any) -> ResponsePage:
    dimensions = tuple(header.name for header in message.dimension_headers)
    metrics = tuple(header.name for header in message.metric_headers)
    if not (dimensions or metrics or message.kind or message.HasField("metadata")):
        raise MalformedResponse("Google Analytics answered with something that is no report: it is empty")
    rows = message.rows
    # No call and no wrapper more than needed: this loop sees every value of every row.
    by_dimension = [value.value for row in rows for value in row.dimension_values]
    by_metric = [value.value for row in rows for value in row.metric_values]
    if {(len(row.dimension_values), len(row.metric_values)) for row in rows} - {
        (len(dimensions), len(metrics))
    }:
        raise MalformedResponse("Google Analytics answered with a row that has not one value for each header")
    values = _columns(by_dimension, len(dimensions)) + _columns(by_metric, len(metrics))
    return ResponsePage(dimensions, metrics, values, message.row_count, _metadata_of_protobuf(message))


def _columns(flat: list[str], width: int) -> list[pa.Array]:
    return [pa.array(flat[position::width], pa.string()) for position in range(width)]


def _metadata_of_protobuf(message: Any) -> dict[str, Any]:
    metadata = message.metadata
    sampling = [json_format.MessageToDict(entry) for entry in metadata.sampling_metadatas]
    return {
        "time_zone": metadata.time_zone,
        "currency_code": metadata.currency_code,
        "empty_reason": metadata.empty_reason,
        "sampled": bool(sampling),
        "sampling": sampling,
        "subject_to_thresholding": metadata.subject_to_thresholding,
        "data_loss_from_other_row": metadata.data_loss_from_other_row,
        "quota": json_format.MessageToDict(message.property_quota),
    }
