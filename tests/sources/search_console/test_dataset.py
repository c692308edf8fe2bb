"""The live dataset against a local server that has every fault we know of."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kedro.io.core import DatasetError

from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.slices.slice import Flags
from ees_analytics.sources.errors import (
    MalformedResponse,
    PermissionRefused,
    QuotaExhausted,
    SourceUnavailable,
    UnstableSnapshot,
)
from ees_analytics.sources.retry import CircuitOpen
from ees_analytics.sources.search_console.dataset import SearchConsoleDataset
from tests.servers import search_console as fake
from tests.servers.search_console import SITE, SearchConsoleServer, rows_of

DAY = "2026-06-01"
ROWS = rows_of(10)


@pytest.fixture
def server():
    with SearchConsoleServer({DAY: ROWS}, withheld=(5, 100)) as running:
        yield running


def dataset(server, **more):
    given = {"site": SITE, "endpoint": server.url, "backoff_seconds": 0.01, "page_rows": 4} | more
    return SearchConsoleDataset(**given)


def ask(server, day=DAY, **more):
    return dataset(server, **more).load()[day]()


def found(answer):
    rows = answer.rows.to_pylist()
    return sorted((r["query"], r["page"], r["clicks"], r["impressions"], r["position"]) for r in rows)


def test_a_day_is_asked_page_by_page_until_none_comes(server):
    answer = ask(server)
    assert found(answer) == sorted(ROWS)
    assert set(answer.rows["date"].to_pylist()) == {DAY}
    assert answer.metadata["page_rows"] == [4, 4, 2]
    assert answer.flags == Flags()
    clicks, impressions = sum(row[2] for row in ROWS), sum(row[3] for row in ROWS)
    assert answer.totals == {"clicks": clicks + 5, "impressions": impressions + 100}
    assert answer.metadata["coverage"] == {
        "clicks": clicks / (clicks + 5),
        "impressions": impressions / (impressions + 100),
    }
    bodies = [request.body for request in server.requests]
    assert [body["startRow"] for body in bodies] == [0, 4, 8, 10, 0]
    assert bodies[0] == {
        "startDate": DAY,
        "endDate": DAY,
        "dimensions": ["date", "query", "page"],
        "type": "web",
        "dataState": "final",
        "rowLimit": 4,
        "startRow": 0,
    }
    assert bodies[-1]["dimensions"] == ["date"]
    assert bodies[-1]["aggregationType"] == "byPage"


def test_the_control_of_an_empty_day_is_one_request_with_the_date_alone(server):
    answer = ask(server, "2026-06-02")
    server.requests.clear()
    assert answer.control("2026-05-30", "2026-06-05") == {DAY}
    (control,) = server.requests
    assert control.is_totals
    assert (control.body["startDate"], control.body["endDate"]) == ("2026-05-30", "2026-06-05")


def test_nothing_is_asked_before_a_day_is_called(server):
    days = dataset(server).load()
    assert days
    assert DAY in days
    assert "first of June" not in days
    with pytest.raises(KeyError):
        days["2026-6-1"]
    assert server.requests == []


def test_no_credentials_are_sent_to_this_machine(server, monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent.json")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    ask(server)
    assert not {"authorization", "x-goog-api-key", "x-goog-user-project"} & {
        name.lower() for request in server.requests for name in request.headers
    }


def test_a_day_without_rows_and_totals_is_empty(server):
    answer = ask(server, "2026-06-02")
    assert answer.totals == {"clicks": 0.0, "impressions": 0.0}
    assert answer.rows.num_rows == 0
    assert answer.rows.column_names == ["date", "query", "page", "clicks", "impressions", "position"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(0, 60), page_rows=st.integers(1, 30))
def test_any_number_of_rows_comes_whole_in_pages_of_any_size(server, count, page_rows):
    server.days["2026-06-03"] = rows_of(count)
    assert found(ask(server, "2026-06-03", page_rows=page_rows)) == sorted(rows_of(count))


@pytest.mark.parametrize("count", [25_001, 50_000, 50_001])
def test_the_limits_of_a_page_and_of_a_day(server, count):
    server.days[DAY] = rows_of(count)
    answer = ask(server, page_rows=25_000)
    assert answer.rows.num_rows == min(count, 50_000)
    assert answer.flags.capped == (count >= 50_000)


PASSING = {
    "500": fake.INTERNAL,
    "503": fake.UNAVAILABLE,
    "reset before headers": fake.RESET_BEFORE_HEADERS,
    "reset mid-body": fake.RESET_MID_BODY,
    "truncated": fake.TRUNCATED,
    "cut off": fake.CUT_OFF,
    "not json": fake.NOT_JSON,
    "empty body": fake.EMPTY_BODY,
    "bad gzip": fake.BAD_GZIP,
    "error as answer": fake.ERROR_AS_ANSWER,
    "a list": fake.A_LIST,
    "fewer keys": fake.FEWER_KEYS,
    "no number": fake.NO_NUMBER,
    "quota": fake.QUOTA_EXCEEDED,
    "usage limits": fake.USAGE_LIMITS,
    "rate limit": fake.RATE_LIMIT,
    "429": fake.TOO_MANY,
}


NEEDS_ROWS = ("fewer keys", "no number")


@pytest.mark.parametrize(
    ("fault", "request_number"),
    [
        (fault, number)
        for fault in PASSING
        for number in (1, 2, 4, 5)
        if number != 4 or fault not in NEEDS_ROWS
    ],
)
def test_a_request_is_repeated_after_a_passing_failure(server, fault, request_number):
    server.inject(PASSING[fault], request=request_number, times=2)
    answer = ask(server)
    assert found(answer) == sorted(ROWS)
    assert answer.totals["impressions"] == sum(row[3] for row in ROWS) + 100


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        (fake.INTERNAL, SourceUnavailable, "failed 3 times"),
        (fake.UNAVAILABLE, SourceUnavailable, "503"),
        (fake.RESET_BEFORE_HEADERS, SourceUnavailable, "failed 3 times"),
        (fake.RESET_MID_BODY, SourceUnavailable, "failed 3 times"),
        (fake.CUT_OFF, SourceUnavailable, "IncompleteRead"),
        (fake.TRUNCATED, MalformedResponse, "not JSON"),
        (fake.NOT_JSON, MalformedResponse, "Service unavailable"),
        (fake.EMPTY_BODY, MalformedResponse, "not JSON"),
        (fake.BAD_GZIP, SourceUnavailable, "failed 3 times"),
        (fake.ERROR_AS_ANSWER, MalformedResponse, "something else than a response"),
        (fake.A_LIST, MalformedResponse, "something else than a response"),
        (fake.FEWER_KEYS, MalformedResponse, "as the values of"),
        (fake.NO_NUMBER, MalformedResponse, "clicks: Input should be a valid number"),
        (fake.Delay(0.6), SourceUnavailable, "timed out"),
        (fake.REPEATED_PAGE, UnstableSnapshot, "more than once"),
        (fake.OVERLAPPING_PAGE, UnstableSnapshot, "more than once"),
        (fake.TWICE, UnstableSnapshot, "more than once"),
        (fake.INVALID, SourceStop, "search_console_site"),
    ],
)
def test_what_stays_is_an_error_and_never_an_empty_day(server, fault, error, says):
    server.inject(fault, times=None)
    with pytest.raises(error, match=says):
        ask(server, retries=2, timeout_seconds=0.3)


@pytest.mark.parametrize(
    "fault", [fake.PERMISSION, fake.QUOTA_PROJECT, fake.NOT_SWITCHED_ON, fake.UNAUTHENTICATED]
)
def test_a_refused_account_is_named_with_what_it_lacks(server, fault):
    server.inject(fault, times=None)
    with pytest.raises(PermissionRefused) as caught:
        ask(server)
    assert "anonymous caller" in str(caught.value)
    assert f"read access to the property {SITE}" in str(caught.value)
    assert fault.message in str(caught.value)
    assert len(server.requests) == 1, "it is asked once"


def test_another_site_is_refused(server):
    with pytest.raises(PermissionRefused, match="example"):
        ask(server, site="https://example.org/")


@pytest.mark.parametrize(
    "fault", [fake.QUOTA_EXCEEDED, fake.USAGE_LIMITS, fake.RATE_LIMIT, fake.TOO_MANY, fake.DAILY_LIMIT]
)
def test_a_quota_that_stays_used_up_stops(server, fault):
    server.inject(fault, times=None)
    with pytest.raises(QuotaExhausted, match="is used up"):
        ask(server, quota_patience_seconds=0.2)
    assert (len(server.requests) == 1) == (fault is fake.DAILY_LIMIT), "nobody waits for tomorrow"


def test_a_short_page_is_not_the_end(server):
    server.inject(fake.SHORT_PAGE, request=2)
    assert found(ask(server)) == sorted(ROWS)


def test_a_page_that_comes_empty_is_not_taken_for_the_end(server):
    server.inject(fake.EMPTY_PAGE, request=2)
    with pytest.raises(UnstableSnapshot, match="rows follow"):
        ask(server)
    assert found(ask(server)) == sorted(ROWS)


def test_a_full_last_page_is_followed_by_two_empty_ones(server):
    server.days[DAY] = rows_of(8)
    assert ask(server).metadata["page_rows"] == [4, 4]
    assert [request.body["startRow"] for request in server.requests] == [0, 4, 8, 8, 0]


def test_after_too_many_failures_in_a_row_no_request_is_sent(server):
    server.inject(fake.UNAVAILABLE, times=None)
    days = dataset(server, retries=0, failures_in_a_row=3).load()
    errors = []
    for number in range(1, 4):
        with pytest.raises(SourceUnavailable) as caught:
            days[f"2026-06-0{number}"]()
        errors.append(type(caught.value))
    assert errors == [SourceUnavailable, SourceUnavailable, CircuitOpen]
    assert issubclass(CircuitOpen, SourceStop)


def test_a_success_ends_a_row_of_failures(server):
    server.inject(fake.UNAVAILABLE, times=1)
    server.inject(fake.UNAVAILABLE, request=6, times=1)
    days = dataset(server, retries=0, failures_in_a_row=2, page_rows=100).load()
    for attempt in range(4):
        try:
            days[DAY]()
        except CircuitOpen:
            pytest.fail(f"given up at attempt {attempt}")
        except SourceError:
            continue


def test_many_days_at_once(server):
    names = [f"2026-06-{number:02d}" for number in range(1, 13)]
    for place, name in enumerate(names):
        server.days[name] = rows_of(place)
    server.inject(fake.RESET_MID_BODY, request=4, times=3)
    days = dataset(server).load()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda name: days[name](), names))
    assert [answer.rows.num_rows for answer in answers] == list(range(12))
    assert [set(answer.rows["date"].to_pylist()) for answer in answers[1:]] == [{name} for name in names[1:]]


@pytest.mark.parametrize(
    "settings",
    [
        {"endpoint": "http://example.org"},
        {"endpoint": "https://example.org"},
        {"endpoint": "grpc://127.0.0.1:1"},
        {"page_rows": 0},
        {"page_rows": 25_001},
        {"queries_a_minute": 1_201},
    ],
)
def test_settings_that_are_wrong_are_refused(settings):
    with pytest.raises(DatasetError):
        SearchConsoleDataset(site=SITE, **settings)


def test_it_is_read_only(server):
    with pytest.raises(DatasetError, match="never written"):
        dataset(server).save({DAY: []})


def test_missing_credentials_say_how_to_log_in(monkeypatch, tmp_path):
    missing = tmp_path / "key.json"
    with pytest.raises(PermissionRefused, match=r"key\.json"):
        SearchConsoleDataset(site=SITE, key_file=str(missing)).load()[DAY]()
