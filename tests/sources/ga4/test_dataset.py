"""The live dataset with Google's real client, against a local server that has every fault we know of."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from google.analytics.data_v1beta.services.beta_analytics_data.transports import (
    BetaAnalyticsDataGrpcTransport,
)
from google.api_core.exceptions import from_grpc_status, from_http_status
from google.auth.credentials import AnonymousCredentials
from grpc import StatusCode
from kedro.io.core import DatasetError

from ees_analytics.parameters.google import ResponseLimits
from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.slices.slice import Flags
from ees_analytics.sources.errors import (
    MalformedResponse,
    PermissionRefused,
    QuotaExhausted,
    SourceUnavailable,
    UnstableSnapshot,
)
from ees_analytics.sources.ga4 import dataset as ga4_dataset
from ees_analytics.sources.ga4.client import PropertyLimits, report_client
from ees_analytics.sources.ga4.dataset import Ga4ReportDataset
from ees_analytics.sources.ga4.recorded import RecordedReportDataset
from ees_analytics.sources.google_auth import Endpoint, account_of, endpoint_of
from ees_analytics.sources.google_errors import (
    ConcurrentQuota,
    DailyQuota,
    HourlyQuota,
    InvalidRequest,
    ServerError,
    classify,
)
from tests.sample import ga4 as sample
from tests.sample.world import World
from tests.servers.ga4 import Ga4Server
from tests.servers.ga4_faults import (
    BAD_GZIP,
    CONCURRENT_QUOTA,
    DAILY_QUOTA,
    DUPLICATE_KEY,
    EMPTY_ANSWER,
    EMPTY_BODY,
    EMPTY_PAGE,
    FOLDED,
    HOURLY_QUOTA,
    INTERNAL,
    NOT_JSON,
    OTHER_TIME_ZONE,
    OVERLAPPING_PAGE,
    PERMISSION,
    RENAMED_HEADER,
    REORDERED_HEADERS,
    REPEATED_PAGE,
    RESET_BEFORE_HEADERS,
    RESET_MID_BODY,
    SAMPLED,
    SHORT_PAGE,
    THRESHOLDED,
    TRUNCATED_BODY,
    UNAUTHENTICATED,
    UNAVAILABLE,
    Alter,
    Delay,
    Status,
    drifting_row_count,
)

SAMPLE = Path(__file__).parents[3] / "data/sample"
DAY = "2026-06-01"
REPORTS = {
    "page": {
        "dimensions": {"date": "date", "pagePath": "pagePath"},
        "metrics": {"screenPageViews": "pageviews", "sessions": "sessions"},
    },
    "hourly": {"dimensions": {"date": "date", "hour": "hour"}, "metrics": {"sessions": "sessions"}},
    "summary": {"dimensions": {"date": "date"}, "metrics": {"sessions": "sessions"}},
}
PAGE = ("date", "pagePath"), ("screenPageViews", "sessions")
# Many ties in the first metric, for the API's own order moves them.
ROWS = [("20260601", f"/page-{number}", str(1 + number % 3), "1") for number in range(10)]


@pytest.fixture(autouse=True)
def no_server_errors_before():
    """Server errors are counted per host and property; a port may come back to another test."""
    PropertyLimits._known.clear()


@pytest.fixture(params=["grpc", "rest"])
def transport(request):
    return request.param


@pytest.fixture
def server():
    with Ga4Server.of_rows(*PAGE, {DAY: ROWS, "2026-06-03": ROWS[:2]}) as server:
        yield server


def dataset(server, transport, table="page", **settings):
    quick = {"backoff_seconds": 0.01, "property_id": "369420610", "reports": REPORTS}
    endpoint = getattr(server, transport)
    return Ga4ReportDataset(table=table, endpoint=endpoint, **{**quick, **settings})


def pages_of(server):
    return [request for request in server.requests if not request.is_totals]


def keys(answer):
    return sorted(answer.rows["pagePath"].to_pylist())


ALL_PAGES = sorted(row[1] for row in ROWS)


def test_nothing_is_asked_before_a_day_is_called_for(server, transport):
    days = dataset(server, transport).load()
    ask = days[DAY]
    assert server.requests == []
    assert ask().rows.num_rows == 10


def test_a_day_that_fits_is_one_request_and_one_for_the_totals(server, transport):
    answer = dataset(server, transport).load()[DAY]()

    assert answer.rows.column_names == ["date", "pagePath", "screenPageViews", "sessions"]
    assert keys(answer) == ALL_PAGES
    assert answer.rows.num_rows == 10
    assert answer.totals == {"screenPageViews": 19.0}
    assert answer.unreconciled() == []
    assert answer.metadata["time_zone"] == "Europe/London"
    assert answer.metadata["quota"]["tokensPerHour"]["remaining"] == 39_000
    first, totals = server.requests
    assert first.body["orderBys"] == [{"dimension": {"dimensionName": name}} for name in PAGE[0]]
    assert not first.body.get("keepEmptyRows")
    assert first.body["limit"] == "250000"
    assert totals.is_totals
    assert not {"authorization", "Authorization"} & {
        name for each in server.requests for name in each.headers
    }


@pytest.mark.parametrize("page_rows", [1, 3, 5, 9, 10, 11])
def test_pages_are_put_together(server, transport, page_rows):
    answer = dataset(server, transport, page_rows=page_rows).load()[DAY]()
    assert keys(answer) == ALL_PAGES
    assert len(pages_of(server)) == -(-10 // page_rows)


@pytest.mark.parametrize("day", [dt.date(2026, 6, 4), dt.date(2026, 5, 17), dt.date(2026, 5, 29)])
def test_both_transports_and_a_recording_answer_alike(day):
    world = World()
    with Ga4Server.of_world(world) as server:
        for table, report in sample.reports().items():
            reports = {table: report.model_dump()}
            answers = [
                dataset(server, transport, table=table, reports=reports).load()[day.isoformat()]()
                for transport in ("grpc", "rest")
            ]
            recording = RecordedReportDataset(filepath=str(SAMPLE / f"ga4/{table}/{day}.json.gz")).load()
            assert answers[0] == answers[1], table
            assert answers[0].rows.equals(recording.rows)
            assert answers[0].totals == recording.totals
            assert answers[0].flags == recording.flags
            assert answers[0].metadata["time_zone"] == recording.metadata["time_zone"]


def test_an_empty_day_is_empty_and_its_totals_prove_it(server, transport):
    answer = dataset(server, transport).load()["2026-06-02"]()
    assert answer.rows.num_rows == 0
    assert answer.totals == {"screenPageViews": 0.0}
    assert answer.unreconciled() == []


def test_the_control_of_an_empty_day_is_one_request_with_the_date_alone(server, transport):
    answer = dataset(server, transport).load()["2026-06-02"]()
    server.requests.clear()
    assert answer.control("2026-05-30", "2026-06-05") == {DAY}
    (control,) = server.requests
    assert control.is_totals
    assert control.body["dateRanges"] == [{"startDate": "2026-05-30", "endDate": "2026-06-05"}]


def test_an_answer_that_reads_empty_by_mistake_is_found_by_the_totals(server, transport):
    server.inject(EMPTY_ANSWER)
    answer = dataset(server, transport).load()[DAY]()
    assert answer.rows.num_rows == 0
    assert answer.unreconciled()


def test_a_report_without_countable_metrics_is_probed_only_where_empty(transport):
    rows = {DAY: [("20260601", "09", "4")]}
    with Ga4Server.of_rows(("date", "hour"), ("sessions",), rows) as server:
        days = dataset(server, transport, table="hourly").load()
        assert days[DAY]().totals is None
        assert days["2026-06-02"]().totals == {"sessions": 0.0}
        assert len(server.requests) == 3


def test_totals_can_be_left_out(server, transport):
    assert dataset(server, transport, reconcile=False).load()[DAY]().totals is None
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("fault", "request_number", "error", "says"),
    [
        (drifting_row_count(), 2, UnstableSnapshot, "rowCount changed from 10 to 11"),
        (drifting_row_count(-1), 2, UnstableSnapshot, "rowCount changed from 10 to 9"),
        (drifting_row_count(5), 1, UnstableSnapshot, "changed from"),
        (SHORT_PAGE, 1, UnstableSnapshot, "3 rows, 4 were expected"),
        (EMPTY_PAGE, 2, UnstableSnapshot, "0 rows, 4 were expected"),
        (REPEATED_PAGE, 2, UnstableSnapshot, "occur more than once"),
        (OVERLAPPING_PAGE, 2, UnstableSnapshot, "occur more than once"),
        (DUPLICATE_KEY, 1, UnstableSnapshot, "occur more than once"),
        (RENAMED_HEADER, 1, MalformedResponse, "headers"),
        (REORDERED_HEADERS, 1, MalformedResponse, "headers"),
        (
            Alter(lambda a: type(a)(**{**vars(a), "row_count": 0})),
            1,
            MalformedResponse,
            "0 were expected",
        ),
    ],
)
def test_pages_that_do_not_fit_are_never_an_answer(server, transport, fault, request_number, error, says):
    server.inject(fault, request=request_number)
    days = dataset(server, transport, page_rows=4).load()
    with pytest.raises(error, match=says):
        days[DAY]()
    assert keys(days[DAY]()) == ALL_PAGES, "the next attempt reads the day whole"


def test_rows_received_are_kept_as_evidence(server, transport):
    server.inject(EMPTY_PAGE, request=2)
    with pytest.raises(SourceError) as caught:
        dataset(server, transport, page_rows=4).load()[DAY]()
    assert caught.value.rows.num_rows == 4


@pytest.mark.parametrize(
    "fault",
    [
        INTERNAL,
        UNAVAILABLE,
        RESET_BEFORE_HEADERS,
        RESET_MID_BODY,
        TRUNCATED_BODY,
        NOT_JSON,
        BAD_GZIP,
        EMPTY_BODY,
    ],
)
@pytest.mark.parametrize("times", [1, 3])
def test_a_passing_fault_leaves_no_trace(server, transport, fault, times):
    server.inject(fault, request=2, times=times)
    answer = dataset(server, transport, page_rows=4).load()[DAY]()
    assert keys(answer) == ALL_PAGES
    assert len(server.requests) == 4 + times


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (INTERNAL, SourceUnavailable),
        (UNAVAILABLE, SourceUnavailable),
        (RESET_BEFORE_HEADERS, SourceUnavailable),
        (RESET_MID_BODY, SourceUnavailable),
        (TRUNCATED_BODY, MalformedResponse),
        (NOT_JSON, MalformedResponse),
        (EMPTY_BODY, MalformedResponse),
    ],
)
def test_a_lasting_fault_is_an_error_never_an_empty_day(server, transport, fault, error):
    server.inject(fault, times=None)
    with pytest.raises(error, match="failed 4 times in a row"):
        dataset(server, transport).load()[DAY]()
    assert len(server.requests) == 4


def test_a_late_answer_is_asked_for_again(server, transport):
    server.inject(Delay(1.5))
    answer = dataset(server, transport, timeout_seconds=0.5).load()[DAY]()
    assert keys(answer) == ALL_PAGES


def test_an_endpoint_without_a_server_is_an_error(transport):
    with Ga4Server.of_rows(*PAGE, {}) as server:
        endpoint = getattr(server, transport)
    quick = {"backoff_seconds": 0.01, "timeout_seconds": 3.0}
    closed = Ga4ReportDataset(table="page", reports=REPORTS, property_id="1", endpoint=endpoint, **quick)
    with pytest.raises(SourceUnavailable):
        closed.load()[DAY]()


def test_server_errors_are_answered_sparingly(server, transport):
    server.inject(UNAVAILABLE, times=None)
    days = dataset(server, transport).load()
    for day in range(1, 20):
        with pytest.raises(SourceUnavailable):
            days[f"2026-06-{day:02d}"]()
    assert len(server.requests) == 9, "8 were answered with a repeat; at 10 Google blocks the property"
    server.heal()
    with pytest.raises(SourceStop, match="within an hour"):
        days[DAY]()


def test_a_daily_quota_stops_at_once(server, transport):
    server.inject(DAILY_QUOTA, times=None)
    with pytest.raises(QuotaExhausted, match="midnight Pacific"):
        dataset(server, transport, quota_patience_seconds=60.0).load()[DAY]()
    assert len(server.requests) == 1


def test_an_hourly_quota_stops_the_source_by_default(server, transport):
    server.inject(HOURLY_QUOTA)
    with pytest.raises(QuotaExhausted, match="within an hour"):
        dataset(server, transport).load()[DAY]()
    assert len(server.requests) == 1


def test_an_hourly_quota_is_waited_for_if_allowed(server, transport):
    server.inject(HOURLY_QUOTA)
    answer = dataset(server, transport, quota_patience_seconds=0.2).load()[DAY]()
    assert keys(answer) == ALL_PAGES
    server.inject(HOURLY_QUOTA, times=None)
    with pytest.raises(QuotaExhausted):
        dataset(server, transport, quota_patience_seconds=0.2).load()[DAY]()


def test_too_many_requests_at_once_wait_for_each_other(server, transport):
    server.inject(CONCURRENT_QUOTA, times=4)
    assert keys(dataset(server, transport, backoff_seconds=0.001).load()[DAY]()) == ALL_PAGES
    server.inject(CONCURRENT_QUOTA, times=None)
    with pytest.raises(QuotaExhausted, match="at the same time"):
        dataset(server, transport, backoff_seconds=0.001).load()[DAY]()


@pytest.mark.parametrize("fault", [PERMISSION, UNAUTHENTICATED])
def test_a_refusal_says_who_lacks_what(server, transport, fault):
    server.inject(fault, times=None)
    with pytest.raises(
        PermissionRefused, match="anonymous.*Viewer on GA4 property 369420610.*Google.s message"
    ):
        dataset(server, transport).load()[DAY]()
    assert len(server.requests) == 1


def test_another_property_is_refused(server, transport):
    with pytest.raises(PermissionRefused, match="property 1"):
        dataset(server, transport, property_id="1").load()[DAY]()


def test_a_request_that_google_does_not_accept_stops_the_table(server, transport):
    reports = {
        "page": {"dimensions": {"date": "date", "pagPath": "pagePath"}, "metrics": {"sessions": "sessions"}}
    }
    with pytest.raises(SourceStop, match="(?s)does not accept the request.*pagPath"):
        dataset(server, transport, reports=reports).load()[DAY]()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("fault", "flags"),
    [
        (SAMPLED, Flags(sampled=True)),
        (THRESHOLDED, Flags(thresholded=True)),
        (FOLDED, Flags(other_row=True)),
    ],
)
def test_flags_are_read(server, transport, fault, flags):
    server.inject(fault)
    assert dataset(server, transport).load()[DAY]().flags == flags


def test_another_time_zone_is_in_the_metadata(server, transport):
    server.inject(OTHER_TIME_ZONE, times=None)
    assert dataset(server, transport).load()[DAY]().metadata["time_zone"] == "America/New_York"


def test_many_days_at_once_are_at_most_ten_requests_at_once(transport):
    with Ga4Server.of_rows(*PAGE, {DAY: ROWS}) as server:
        server.inject(Delay(0.05), times=None)
        many = [dataset(server, transport).load() for _ in range(2)]
        with ThreadPoolExecutor(30) as pool:
            answers = list(pool.map(lambda number: many[number % 2][DAY](), range(30)))
        assert {answer.rows.num_rows for answer in answers} == {10}
        assert 1 < server.most_in_flight <= 10


def test_the_client_is_made_once(server, transport, monkeypatch):
    made = []
    original = ga4_dataset.report_client
    counted = lambda *arguments: made.append(1) or original(*arguments)  # noqa: E731
    monkeypatch.setattr(ga4_dataset, "report_client", counted)
    days = dataset(server, transport).load()
    threads = [threading.Thread(target=days[DAY]) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_any_day_may_be_asked_for_and_nothing_else(server):
    days = dataset(server, "grpc").load()
    assert "1999-01-01" in days
    assert days
    for wrong in ("20260601", "yesterday", "2026-6-1", "2026-W23-1", "None", ""):
        assert wrong not in days
        with pytest.raises(KeyError):
            days[wrong]


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://example.org",
        "grpc://10.0.0.1:80",
        "http://127.0.0.1@example.org",
        "http://user@127.0.0.1:80",
        "https://example.org",
        "https://googleapis.com.example.org",
        "https://evilgoogleapis.com",
        "ftp://127.0.0.1",
        "127.0.0.1:80",
    ],
)
def test_an_endpoint_elsewhere_is_refused_before_anything_is_sent(endpoint):
    with pytest.raises(DatasetError, match="this machine only"):
        Ga4ReportDataset(table="page", reports=REPORTS, property_id="1", endpoint=endpoint)


def test_google_itself_needs_no_endpoint(monkeypatch):
    assert endpoint_of(None, "grpc").host is None
    assert endpoint_of("", "rest").transport == "rest"
    assert endpoint_of("https://analyticsdata.googleapis.com", "rest").host == "analyticsdata.googleapis.com"
    assert endpoint_of("http://[::1]:80", "grpc") == endpoint_of("http://[::1]:80", "rest")


def test_missing_credentials_and_key_files_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    plain = {"table": "page", "reports": REPORTS, "property_id": "1"}
    with pytest.raises(PermissionRefused, match="none.json, which cannot be read as a Google key"):
        Ga4ReportDataset(**plain).load()[DAY]()
    (tmp_path / "key.json").write_text("{}")
    for name in ("key.json", "nowhere.json"):
        with pytest.raises(PermissionRefused, match=name):
            Ga4ReportDataset(**plain, key_file=str(tmp_path / name)).load()[DAY]()


def test_an_account_is_named_by_its_address():
    class Service:
        service_account_email = "pipeline@example.iam.gserviceaccount.com"

    assert account_of(Service()) == "pipeline@example.iam.gserviceaccount.com"
    assert "anonymous" in account_of(AnonymousCredentials())


@pytest.mark.parametrize(
    ("setting", "says"),
    [({"table": "pages"}, "pages"), ({"page_rows": 250_001}, "250000"), ({"transport": "soap"}, "soap")],
)
def test_a_wrong_setting_is_refused_at_once(setting, says):
    with pytest.raises(DatasetError, match=says):
        Ga4ReportDataset(**{"table": "page", "reports": REPORTS, "property_id": "1", **setting})


def test_a_catalogue_does_not_print_the_key_file():
    shown = str(Ga4ReportDataset(table="page", reports=REPORTS, property_id="1", key_file="/secret/key.json"))
    assert "secret" not in shown


def test_nothing_is_written_to_google():
    with pytest.raises(DatasetError, match="never written"):
        Ga4ReportDataset(table="page", reports=REPORTS, property_id="1").save("x")


@pytest.mark.parametrize(
    ("message", "quota"),
    [
        (HOURLY_QUOTA.message, HourlyQuota),
        (DAILY_QUOTA.message, DailyQuota),
        (CONCURRENT_QUOTA.message, ConcurrentQuota),
        ("Exhausted property tokens for a project per hour.", HourlyQuota),
        ("Exhausted server errors per project per hour", HourlyQuota),
        (
            "Quota exceeded for quota metric 'Core requests' and limit 'per minute per project'",
            ConcurrentQuota,
        ),
        ("something new", HourlyQuota),
    ],
)
def test_a_quota_is_known_by_googles_words(message, quota):
    assert type(classify(from_http_status(429, message))) is quota


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (302, "elsewhere", MalformedResponse),
        (400, "no", InvalidRequest),
        (403, "no", PermissionRefused),
        (403, "Quota exceeded", HourlyQuota),
        (403, "The API requires a quota project, which is not set", PermissionRefused),
        (404, "no", InvalidRequest),
        (408, "no", SourceUnavailable),
        (429, "no", HourlyQuota),
        (502, "no", ServerError),
    ],
)
def test_a_status_says_what_to_do(code, message, kind):
    assert type(classify(from_http_status(code, message))) is kind


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (StatusCode.UNAVAILABLE, "failed to connect to all addresses", SourceUnavailable),
        (StatusCode.UNAVAILABLE, "The service is currently unavailable.", ServerError),
        (StatusCode.UNAVAILABLE, "Getting metadata from plugin failed: RefreshError", PermissionRefused),
        (StatusCode.UNAVAILABLE, "Getting metadata from plugin failed: no route", SourceUnavailable),
        (StatusCode.INTERNAL, "Exception deserializing response!", MalformedResponse),
        (StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded", SourceUnavailable),
        (StatusCode.PERMISSION_DENIED, "no", PermissionRefused),
        (StatusCode.INVALID_ARGUMENT, "no", InvalidRequest),
        (StatusCode.RESOURCE_EXHAUSTED, "Exhausted tokens per day", DailyQuota),
    ],
)
def test_a_grpc_status_says_what_to_do(status, message, kind):
    assert type(classify(from_grpc_status(status, message))) is kind


def test_an_unknown_status_is_no_empty_day(server, transport):
    server.inject(Status(501, "UNIMPLEMENTED", "not here"), times=None)
    with pytest.raises(SourceError):
        dataset(server, transport).load()[DAY]()


def test_the_largest_page_is_no_limit_of_a_day():
    """250,000 rows are in the first page."""
    many = [("20260601", f"/{number:06d}", "1", "1") for number in range(250_001)]
    with Ga4Server.of_rows(*PAGE, {DAY: many}) as server:
        answer = dataset(server, "grpc").load()[DAY]()
        assert answer.rows.num_rows == 250_001
        assert len(pages_of(server)) == 2
        assert answer.unreconciled() == []


def test_an_answer_above_the_limit_is_a_failure_of_its_day_and_no_quota(server, transport):
    """gRPC reports it as an exhausted resource, as it does a quota."""
    with pytest.raises(MalformedResponse, match="google_limits.max_bytes") as caught:
        dataset(server, transport, limits={"max_bytes": 300}).load()[DAY]()
    assert not isinstance(caught.value, SourceStop)


def test_a_day_that_states_more_rows_than_the_limit_is_not_read_to_its_end(server, transport):
    server.inject(drifting_row_count(10**9), times=None)
    with pytest.raises(MalformedResponse, match="google_limits.max_rows = 2,000,000"):
        dataset(server, transport, page_rows=4, retries=0).load()[DAY]()
    assert len(server.requests) == 1


def test_the_limit_holds_for_google_itself(monkeypatch):
    made = []
    monkeypatch.setattr(
        BetaAnalyticsDataGrpcTransport,
        "create_channel",
        lambda host, credentials, options: (
            made.append((host, options)) or grpc.insecure_channel("127.0.0.1:1")
        ),
    )
    report_client(Endpoint(None, "grpc"), AnonymousCredentials(), 1, ResponseLimits(max_bytes=300))
    assert made == [("analyticsdata.googleapis.com", [("grpc.max_receive_message_length", 300)])]
