"""A local Google Analytics 4: runReport over REST and gRPC at once, on loopback, with faults on demand.

```python
with Ga4Server.of_world(World()) as server:
    server.inject(HOURLY_QUOTA, request=3)      # the third request from now
    server.inject(UNAVAILABLE, times=None)      # every request, for ever
    Ga4ReportDataset(endpoint=server.grpc, …)   # or server.rest
    assert len(server.requests) == 1
```

``Ga4Server(reports, rows)`` serves any rows; ``Ga4Server.of_rows(dimensions, metrics, {day: rows})`` a few by hand.
With ``cached=True`` a request's serialised answer is kept, so that a benchmark measures the client.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any

import grpc
from google.analytics.data_v1beta.types import RunReportRequest, RunReportResponse
from google.protobuf import json_format

from .ga4_faults import Alter, AtOffset, Broken, Delay, Fault, Status
from .ga4_report import Answer, Property, Refused, Report, Row, json_of
from .json_http import JsonHandler, serve

SERVICE = "google.analytics.data.v1beta.BetaAnalyticsData"
_Request, _Response = RunReportRequest.pb(), RunReportResponse.pb()


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    body: Mapping[str, Any]
    transport: str
    headers: Mapping[str, str]

    @property
    def offset(self) -> int:
        """Where the page asked for begins."""
        return int(self.body.get("offset", 0))

    @property
    def day(self) -> str:
        """The first day asked for."""
        return str(self.body["dateRanges"][0]["startDate"])

    @property
    def is_totals(self) -> bool:
        """True where the date is the only dimension."""
        return [entry["name"] for entry in self.body.get("dimensions", ())] == ["date"]


@dataclass
class _Injection:
    fault: Fault
    skip: int
    times: int | None
    when: Callable[[Received], bool]

    def hits(self, request: Received) -> bool:
        if self.times == 0 or not self.when(request):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class _Outcome:
    """What is sent: bytes, and what goes wrong while sending them."""

    body: Callable[[str], bytes] = lambda transport: b""
    refused: Refused | None = None
    broken: Broken | None = None


class Ga4Server:
    """Serves one property until it is closed.

    Attributes:
        requests: Every request that arrived, in order.
        most_in_flight: The largest number of requests that were served at the same time.
    """

    def __init__(
        self,
        reports: Mapping[str, Report],
        rows: Callable[[str, dt.date], Iterable[Row]],
        *,
        property_id: str = "369420610",
        time_zone: str = "Europe/London",
        metadata: Callable[[str, dt.date], Mapping[str, Any]] = lambda report, day: {},
        cached: bool = False,
    ) -> None:
        self.property = Property(reports, rows, time_zone, metadata)
        self.property_id = property_id
        self.requests: list[Received] = []
        self.most_in_flight = 0
        self._in_flight = 0
        self._injections: list[_Injection] = []
        self._lock = threading.Lock()
        self._cache: dict[str, bytes] | None = {} if cached else None
        self._http = _serve_rest(self)
        self._grpc, port = _serve_grpc(self)
        self.rest = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.grpc = f"grpc://127.0.0.1:{port}"

    @classmethod
    def of_rows(
        cls, dimensions: Iterable[str], metrics: Iterable[str], days: Mapping[str, Iterable[Row]], **more: Any
    ) -> Ga4Server:
        """Serve one report's rows by ISO day."""
        reports = {"report": Report(tuple(dimensions), tuple(metrics))}
        return cls(reports, lambda report, day: days.get(day.isoformat(), ()), **more)

    @classmethod
    def of_world(cls, world: Any, **more: Any) -> Ga4Server:
        """Serve the sample's world: the seven reports, any day."""
        from tests.sample import ga4

        reports = {
            table: Report(tuple(report.dimensions), tuple(report.metrics))
            for table, report in ga4.reports().items()
        }
        return cls(
            reports,
            lambda table, day: ga4.rows_of(world, table, day),
            metadata=lambda table, day: ga4.metadata_of(world, table, day),
            **more,
        )

    def inject(
        self,
        fault: Fault,
        *,
        request: int = 1,
        times: int | None = 1,
        when: Callable[[Received], bool] = lambda request: True,
    ) -> None:
        """Let requests go wrong.

        Args:
            fault: What goes wrong.
            request: From which request on, counted from 1, among those that arrive from now on and fulfil ``when``.
            times: How many requests; None for ever.
            when: Which requests.
        """
        with self._lock:
            self._injections.append(_Injection(fault, request - 1, times, when))

    def heal(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._injections.clear()

    def close(self) -> None:
        """Stop both transports."""
        self._grpc.stop(grace=None).wait()
        self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> Ga4Server:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def handle(self, request: Received) -> _Outcome:
        """Answer a request, with the faults that are due."""
        with self._counted():
            faults = self._due(request)
            for fault in faults:
                if isinstance(fault, Delay):
                    time.sleep(fault.seconds)
                if isinstance(fault, Status):
                    return _Outcome(refused=Refused(fault.code, fault.status, fault.message))
            if request.body["property"] != f"properties/{self.property_id}":
                return _Outcome(
                    refused=Refused(403, "PERMISSION_DENIED", "User does not have sufficient permissions")
                )
            broken = next((fault for fault in faults if isinstance(fault, Broken)), None)
            try:
                return _Outcome(body=self._body(request, faults), broken=broken)
            except Refused as refused:
                return _Outcome(refused=refused)

    def _due(self, request: Received) -> list[Fault]:
        with self._lock:
            self.requests.append(request)
            return [injection.fault for injection in self._injections if injection.hits(request)]

    @contextmanager
    def _counted(self) -> Any:
        with self._lock:
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1

    def _body(self, request: Received, faults: list[Fault]) -> Callable[[str], bytes]:
        key = request.transport + json.dumps(request.body, sort_keys=True)
        if self._cache is not None and not faults:
            if key not in self._cache:
                self._cache[key] = _SERIALISE[request.transport](self.property.answer(request.body))
            cached = self._cache[key]
            return lambda transport: cached
        asked = dict(request.body)
        for fault in faults:
            if isinstance(fault, AtOffset):
                asked["offset"] = request.offset + fault.shift if fault.offset is None else fault.offset
        answer = self.property.answer(asked)
        for fault in faults:
            if isinstance(fault, Alter):
                answer = fault.change(answer)
        return lambda transport: _SERIALISE[transport](answer)


def _to_json(answer: Answer) -> bytes:
    return json.dumps(json_of(answer), ensure_ascii=False).encode()


def _to_protobuf(answer: Answer) -> bytes:
    """By hand: protobuf's own reading of JSON takes seconds for a large page."""
    message, width = _Response(), len(answer.dimensions)
    json_format.ParseDict(json_of(Answer(**{**vars(answer), "rows": []})), message)
    for row in answer.rows:
        added = message.rows.add()
        for text in row[:width]:
            added.dimension_values.add().value = text
        for text in row[width:]:
            added.metric_values.add().value = text
    return message.SerializeToString()


_SERIALISE = {"rest": _to_json, "grpc": _to_protobuf}


def _serve_grpc(server: Ga4Server) -> tuple[grpc.Server, int]:
    def run_report(message: Any, context: grpc.ServicerContext) -> bytes:
        body = json_format.MessageToDict(message)
        outcome = server.handle(Received(body, "grpc", dict(context.invocation_metadata())))
        if outcome.refused:
            context.abort(getattr(grpc.StatusCode, outcome.refused.status), outcome.refused.message)
        if outcome.broken and outcome.broken.how in ("before headers", "mid-body"):
            context.abort(grpc.StatusCode.UNAVAILABLE, "Connection reset by peer")
        if outcome.broken and outcome.broken.how == "empty body":
            return b""
        content = outcome.body("grpc")
        return content[: len(content) // 2] + b"\xff" if outcome.broken else content

    handler = grpc.method_handlers_generic_handler(
        SERVICE,
        {
            "RunReport": grpc.unary_unary_rpc_method_handler(
                run_report, _Request.FromString, lambda content: content
            )
        },
    )
    options = [
        ("grpc.max_send_message_length", -1),
        ("grpc.max_receive_message_length", -1),
        ("grpc.so_reuseport", 0),
    ]
    made = grpc.server(futures.ThreadPoolExecutor(32), (handler,), options=options)
    port = made.add_insecure_port("127.0.0.1:0")
    made.start()
    return made, port


def _serve_rest(server: Ga4Server) -> ThreadingHTTPServer:
    handler = type("Handler", (_Handler,), {"ga4": server})
    return serve(handler)


class _Handler(JsonHandler):
    ga4: Ga4Server

    def do_POST(self) -> None:  # noqa: N802
        """Answer ``/v1beta/properties/<id>:runReport``."""
        name, _, method = self.path.split("?")[0].removeprefix("/v1beta/").partition(":")
        content = self.received_body()
        if method != "runReport":
            self.send(404, b"<html>Not Found</html>", "text/html")
            return
        received = Received({**json.loads(content), "property": name}, "rest", dict(self.headers))
        outcome = self.ga4.handle(received)
        if outcome.refused:
            error = outcome.refused
            body = {"error": {"code": error.code, "message": error.message, "status": error.status}}
            self.send(error.code, json.dumps(body).encode())
        elif outcome.broken:
            self.break_off(outcome.broken.how, outcome.body("rest"))
        else:
            self.send(200, outcome.body("rest"))
