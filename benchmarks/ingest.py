"""How fast GA4 events come in: from a local gRPC server, through Google's client, to committed Delta.

    python -m benchmarks.ingest --days 400 --rows 20000

prints rows a second, the peak memory of this process (the server is another one), and where the time goes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import resource
import tempfile
import time
from concurrent import futures
from pathlib import Path

import grpc
import yaml
from google.analytics.data_v1beta.types import RunReportRequest, RunReportResponse

from ees_analytics.parameters.google import Ga4
from ees_analytics.parameters.ingest import DailyCalendar
from ees_analytics.pipelines.ingest.pipeline import create_ga4_pipeline
from ees_analytics.sources.ga4.dataset import Ga4ReportDataset
from tests.conftest import PROJECT
from tests.pipelines.ingest.daily_lake import DailyLake

TABLE, FIRST, STAMP = "ees_ga4_events", dt.date(2025, 1, 1), "20990101"
REPORTS = yaml.safe_load((PROJECT / "conf/base/globals_ga4.yml").read_text())["ga4_reports"]
_METHOD = "/google.analytics.data.v1beta.BetaAnalyticsData/RunReport"


def answer(rows: int) -> bytes:
    """A serialised answer whose date is a placeholder of the same length as every date."""
    message = RunReportResponse.pb()()
    for name in REPORTS[TABLE]["dimensions"]:
        message.dimension_headers.add(name=name)
    message.metric_headers.add(name="eventCount")
    for number in range(rows):
        row = message.rows.add()
        path = f"/find-statistics/publication-{number % 900}/2025-{number % 7}"
        for value in (
            STAMP,
            path,
            "Accordion Opened",
            f"label {number} {'x' * 40}",
            f"Category {number % 300}",
        ):
            row.dimension_values.add(value=value)
        row.metric_values.add(value="2")
    message.row_count = rows
    message.metadata.time_zone = "Europe/London"
    message.kind = "analyticsData#runReport"
    return message.SerializeToString()


def totals(rows: int) -> bytes:
    """The date-only answer."""
    message = RunReportResponse.pb()()
    message.dimension_headers.add(name="date")
    message.metric_headers.add(name="eventCount")
    row = message.rows.add()
    row.dimension_values.add(value=STAMP)
    row.metric_values.add(value=str(2 * rows))
    message.row_count = 1
    message.metadata.time_zone = "Europe/London"
    message.kind = "analyticsData#runReport"
    return message.SerializeToString()


def serve(rows: int, address: multiprocessing.Queue[str]) -> None:
    """Serve both answers for any day, for ever."""
    whole, sums = answer(rows), totals(rows)

    def run_report(request: bytes, context: grpc.ServicerContext) -> bytes:
        asked = RunReportRequest.pb().FromString(request)
        stamp = asked.date_ranges[0].start_date.replace("-", "").encode()
        return (whole if len(asked.dimensions) > 1 else sums).replace(STAMP.encode(), stamp)

    handler = grpc.method_handlers_generic_handler(
        _METHOD.split("/")[1], {"RunReport": grpc.unary_unary_rpc_method_handler(run_report)}
    )
    server = grpc.server(futures.ThreadPoolExecutor(4), options=[("grpc.max_send_message_length", -1)])
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    address.put(f"grpc://127.0.0.1:{port}")
    server.wait_for_termination(3600)


def main() -> None:
    """Measure the bare client, then the whole ingest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--rows", type=int, default=20_000)
    asked = parser.parse_args()
    address: multiprocessing.Queue[str] = multiprocessing.get_context("spawn").Queue()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(asked.rows, address), daemon=True
    )
    server.start()
    source = Ga4ReportDataset(table=TABLE, reports=REPORTS, property_id="369420610", endpoint=address.get())
    bare = _bare_client(source, min(asked.days, 20), asked.rows)
    with tempfile.TemporaryDirectory() as folder:
        lake = DailyLake(Path(folder), TABLE, create_ga4_pipeline())
        run_date = FIRST + dt.timedelta(days=asked.days + 1)
        parameters = {"ga4": Ga4(reports=REPORTS), "ga4_calendar": DailyCalendar(first_day=FIRST, lag_days=2)}
        started = time.perf_counter()
        lake.run(source, run_date.isoformat(), parameters, "ga4_calendar")
        seconds = time.perf_counter() - started
        total = sum(lake.days().values())
    server.terminate()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"bare client      {bare:>12,.0f} rows/s")
    print(
        f"server to Delta  {total / seconds:>12,.0f} rows/s  ({total:,} rows, {asked.days} days, {seconds:.1f} s)"
    )
    print(f"peak memory      {peak:>12.2f} GB")


def _bare_client(source: Ga4ReportDataset, days: int, rows: int) -> float:
    answers = source.load()
    started = time.perf_counter()
    for number in range(days):
        answers[(FIRST + dt.timedelta(days=number)).isoformat()]()
    return days * rows / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
