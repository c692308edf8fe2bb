"""Every fault of a website ends in its page, after a retry, or in an error of the project's own."""

import datetime as dt
import gzip
import logging
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime

import pytest

from ees_analytics.parameters.website import CrawlPolicy
from ees_analytics.sources.errors import (
    MalformedResponse,
    PageMissing,
    PermissionRefused,
    SourceUnavailable,
)
from ees_analytics.sources.website.client import WebsiteClient, origin, retry_after
from tests.servers import website as faulty
from tests.servers.website import WebsiteServer

PAGE = f"<html><body><h1>Ä title</h1>{'<p>text</p>' * 2000}</body></html>"
ADDRESS = "find-statistics/a"


@pytest.fixture
def site(tmp_path):
    (tmp_path / "find-statistics").mkdir()
    (tmp_path / "find-statistics" / "a.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "find-statistics" / "_page_2.html").write_text("<html>two</html>", encoding="utf-8")
    with WebsiteServer(tmp_path) as server:
        yield server


def client(site, **politeness):
    quick = {"pause_seconds": 0, "backoff_seconds": 0.01, "retries": 2, "timeout_seconds": 2}
    return WebsiteClient(site.url, CrawlPolicy(**{**quick, **politeness}))


@pytest.mark.parametrize("gzip", [True, False])
def test_a_page_arrives_whole(site, gzip):
    assert client(site, gzip=gzip).fetch(ADDRESS) == PAGE
    assert client(site, gzip=gzip).fetch("find-statistics?page=2") == "<html>two</html>"


def test_the_project_names_itself_and_sends_nothing_else_of_its_own(site, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client(site).fetch(ADDRESS)
    headers = site.requests[0].headers
    assert headers["User-Agent"].startswith("ees-analytics ")
    assert headers["Accept-Encoding"] == "gzip"
    assert not {"Authorization", "Cookie"} & headers.keys()


PASSING = {
    "500": faulty.status(500),
    "502": faulty.status(502),
    "503": faulty.status(503),
    "429": faulty.status(429, "0"),
    "503 with a date": faulty.status(503, "Wed, 21 Oct 2015 07:28:00 GMT"),
    "reset before headers": faulty.reset(),
    "reset in the page": faulty.reset(after_bytes=3000),
    "truncated": faulty.truncated(),
    "truncated chunks": faulty.truncated_chunks(),
    "truncated without a length": faulty.truncated_unframed(),
    "truncated gzip": faulty.truncated_gzip(),
    "empty": faulty.page(""),
    "slow": faulty.slow(1.5),
    "never ending": faulty.drip(0.05),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_passing_fault_is_tried_again(site, fault):
    site.faults.add(f"/{ADDRESS}", fault, times=2)
    assert client(site, timeout_seconds=0.5, max_page_seconds=0.5).fetch(ADDRESS) == PAGE
    assert site.asked(f"/{ADDRESS}") == 3


@pytest.mark.parametrize("fault", ["truncated", "truncated chunks", "truncated without a length"])
def test_an_unpacked_page_that_was_cut_off_is_fetched_again(site, fault):
    site.faults.add(f"/{ADDRESS}", PASSING[fault], times=1)
    assert client(site, gzip=False).fetch(ADDRESS) == PAGE
    assert site.asked(f"/{ADDRESS}") == 2


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_lasting_fault_ends_after_the_retries(site, fault):
    site.faults.add(f"/{ADDRESS}", fault)
    with pytest.raises(SourceUnavailable, match=r"find-statistics/a: .*tried 2 times.*Run again"):
        client(site, retries=1, timeout_seconds=0.5, max_page_seconds=0.5).fetch(ADDRESS)
    assert site.asked(f"/{ADDRESS}") == 2


FINAL = {
    "404": (faulty.status(404), PageMissing, "no such page"),
    "410": (faulty.status(410), PageMissing, "no such page"),
    "401": (faulty.status(401), PermissionRefused, "refuses"),
    "403": (faulty.status(403), PermissionRefused, "refuses"),
    "400": (faulty.status(400), MalformedResponse, "400"),
    "204": (faulty.status(204), MalformedResponse, "204"),
    "429 for an hour": (faulty.status(429, "3600"), SourceUnavailable, "3600 s"),
    "json": (faulty.not_html(), MalformedResponse, "'application/json', not HTML"),
    "huge": (faulty.huge(3_000_000), MalformedResponse, "larger than max_page_bytes = 1000000"),
    "huge, with its length": (faulty.page("x" * 3_000_000), MalformedResponse, "larger"),
    "gzip bomb": (faulty.gzip_bomb(100_000_000), MalformedResponse, "larger"),
    "redirect loop": (faulty.redirect(f"/{ADDRESS}"), MalformedResponse, "more than 5 redirects"),
    "redirect elsewhere": (faulty.redirect("https://example.org/"), MalformedResponse, "not followed"),
    "redirect to another port": (faulty.redirect("http://127.0.0.1:1/"), MalformedResponse, "not followed"),
    "redirect to a file": (faulty.redirect("file:///etc/passwd"), MalformedResponse, "not followed"),
    "redirect with credentials": (faulty.redirect("http://me@127.0.0.1/"), MalformedResponse, "not followed"),
    "redirect to a bad address": (faulty.redirect("http://[bad"), MalformedResponse, "not followed"),
    "not utf-8": (lambda h, _: h.answer(200, b"<html>\xff</html>"), MalformedResponse, "utf-8"),
    "unknown encoding": (
        lambda h, _: h.answer(200, b"<html></html>", kind="text/html; charset=klingon"),
        MalformedResponse,
        "klingon",
    ),
}


@pytest.mark.parametrize(("fault", "error", "message"), FINAL.values(), ids=FINAL)
def test_a_final_answer_is_not_tried_again(site, fault, error, message):
    site.faults.add(f"/{ADDRESS}", fault)
    with pytest.raises(error, match=message) as failure:
        client(site, max_page_bytes=1_000_000).fetch(ADDRESS)
    assert type(failure.value) is error
    assert "/find-statistics/a" in str(failure.value)
    assert site.asked(f"/{ADDRESS}") == (6 if "loop" in message or "redirects" in message else 1)


def test_pages_say_in_which_encoding_they_are(site):
    site.faults.add(
        f"/{ADDRESS}",
        lambda h, _: h.answer(200, "<html>Ä</html>".encode("latin-1"), kind="text/html; charset=latin-1"),
    )
    assert client(site).fetch(ADDRESS) == "<html>Ä</html>"


def test_redirects_inside_the_website_are_followed(site):
    site.renamed = {"old": "a"}
    site.latest = {"a": "2024-25"}
    for address in (ADDRESS, "find-statistics/A", "find-statistics/a/", "find-statistics/old"):
        assert client(site).fetch(address) == PAGE
    site.faults.add(f"/{ADDRESS}", faulty.redirect("?page=2#top", 307), times=1)
    assert client(site).fetch(ADDRESS) == PAGE


def test_a_website_that_asks_to_wait_is_waited_for_by_everyone(site):
    site.faults.add(f"/{ADDRESS}", faulty.status(429, "1"), times=1)
    polite = client(site)
    started = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(polite.fetch, [ADDRESS] * 3)) == {PAGE}
    late = [request.at - started for request in site.requests]
    assert len(late) == 4
    assert late[3] >= 1


def test_few_requests_at_once_with_a_pause_between_their_starts(site):
    site.faults.add("*", faulty.slow(0.1))
    polite = client(site, max_concurrent=2, pause_seconds=0.03)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(polite.fetch, [ADDRESS] * 10))
    starts = sorted(request.at for request in site.requests)
    assert site.most_at_once == 2
    assert starts[-1] - starts[0] >= 9 * 0.03


def test_cookies_are_not_kept(site):
    site.faults.add(
        f"/{ADDRESS}",
        lambda h, body: h.answer(200, body, headers={"Set-Cookie": "tracker=1; Path=/"}),
        times=1,
    )
    polite = client(site)
    polite.fetch(ADDRESS)
    polite.fetch(ADDRESS)
    assert "Cookie" not in site.requests[1].headers


def test_where_nobody_answers_the_reason_and_what_to_do_are_one_short_sentence(tmp_path):
    with WebsiteServer(tmp_path) as server:
        gone = client(server)
    with pytest.raises(
        SourceUnavailable, match="Connection refused.* tried 3 times. Run again when"
    ) as caught:
        gone.fetch(ADDRESS)
    assert len(str(caught.value)) < 300
    assert "Max retries exceeded" not in str(caught.value)


def test_retries_are_logged_with_their_reason(site, caplog):
    site.faults.add(f"/{ADDRESS}", faulty.status(503), times=1)
    with caplog.at_level(logging.WARNING):
        client(site).fetch(ADDRESS)
    assert "answered 503 Service Unavailable (try 1 of 3)" in caplog.text


@pytest.mark.parametrize(
    "url",
    ["http://example.org", "ftp://127.0.0.1", "https://", "example.org", "https://me:hush@example.org", ""],
)
def test_only_https_or_loopback_is_accepted(url):
    with pytest.raises(ValueError, match="https"):
        WebsiteClient(url, CrawlPolicy())


@pytest.mark.parametrize(
    "url", ["https://example.org/", "http://localhost:8000", "http://[::1]:80", "http://127.0.0.9"]
)
def test_https_and_loopback_are_accepted(url):
    WebsiteClient(url, CrawlPolicy())


@pytest.mark.parametrize(
    "wrong", [{"max_concurrent": 0}, {"timeout_seconds": -1}, {"pause_seconds": -0.1}, {"retries": -1}]
)
def test_senseless_settings_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        CrawlPolicy(**wrong)


def test_a_former_key_works_with_a_warning_that_names_the_new_one():
    with pytest.warns(FutureWarning, match="timeout is now timeout_seconds"):
        assert CrawlPolicy(timeout=7).timeout_seconds == 7
    with pytest.raises(ValueError, match="keep only the latter"):
        CrawlPolicy(timeout=7, timeout_seconds=8)


def test_origins_compare_by_host_and_port():
    assert origin("https://Example.org/x") == origin("https://example.org:443/y")
    assert origin("https://example.org") != origin("http://example.org")


def test_retry_after_is_a_number_or_a_date():
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=50)
    assert retry_after("12") == 12
    assert 40 < (retry_after(format_datetime(soon)) or 0) <= 50
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("soon") is None
    assert retry_after(None) is None


def raw_gzip(packed, encoding="gzip"):
    return lambda h, _: h.answer(200, packed, headers={"Content-Encoding": encoding})


BUDGETS = {
    # 289 bytes that took 4.2 GB: each layer unpacks to a thousand times as much.
    "gzip in gzip": (
        raw_gzip(gzip.compress(gzip.compress(b" " * 20_000_000)), "gzip, gzip"),
        "gzip, gzip.*only gzip",
    ),
    "zstd": (raw_gzip(b"x", "zstd"), "zstd"),
    "deflate": (raw_gzip(zlib.compress(b"<html></html>"), "deflate"), "deflate"),
    "gzip in gzip, one named": (raw_gzip(gzip.compress(gzip.compress(PAGE.encode()))), "cut off"),
    "a slow charset": (
        lambda h, _: h.answer(200, b"<html></html>", kind="text/html; charset=punycode"),
        "punycode text",
    ),
    "a charset that is no name": (
        lambda h, _: h.answer(200, b"<html></html>", kind="text/html; charset=a\0b"),
        "text",
    ),
    "Retry-After of 5,000 digits": (faulty.status(503, "9" * 5000), "answered 503"),
}


@pytest.mark.parametrize(("fault", "message"), BUDGETS.values(), ids=BUDGETS)
def test_only_what_is_read_within_bounds_is_read(site, fault, message):
    site.faults.add(f"/{ADDRESS}", fault)
    with pytest.raises((MalformedResponse, SourceUnavailable), match=message):
        client(site, max_page_bytes=1_000_000, retries=0).fetch(ADDRESS)


@pytest.mark.parametrize("stretch", ["status line", "headers", "chunk size", "body"])
def test_a_byte_now_and_then_does_not_stretch_the_time_of_a_page(site, stretch):
    before = {
        "status line": b"",
        "headers": b"HTTP/1.1 200 OK\r\nX: ",
        "chunk size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
    }

    def drops(handler, _):
        handler.wfile.write(before[stretch])
        while not handler.site.closing.wait(0.05):
            handler.wfile.write(b"1")

    site.faults.add(f"/{ADDRESS}", drops)
    with pytest.raises(SourceUnavailable, match=r"tried 1 times"):
        client(site, retries=0, max_page_seconds=0.2).fetch(ADDRESS)


def test_lengths_that_are_no_numbers_are_ignored(site):
    site.faults.add(
        f"/{ADDRESS}", lambda h, body: h.answer(200, body, headers={"Content-Length": "\xb2"}), times=1
    )
    assert client(site).fetch(ADDRESS) == PAGE


@pytest.mark.parametrize("header", ["\xb2", "9" * 5000, "Wed, 21 Oct 99999 07:28:00 GMT"])
def test_a_retry_after_that_cannot_be_read_counts_as_absent(header):
    assert retry_after(header) is None
