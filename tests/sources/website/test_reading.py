"""A listing counts only when its pages agree; pages are read a few at once."""

import threading

import pytest

from ees_analytics.parameters.website import WebsiteSettings
from ees_analytics.sources.errors import (
    MalformedResponse,
    PageMissing,
    PermissionRefused,
    SourceUnavailable,
    UnstableSnapshot,
)
from ees_analytics.sources.website.html_pages import ListingPage, Stated
from ees_analytics.sources.website.reading import read_listing, read_pages

SETTINGS = WebsiteSettings(listing_pause_seconds=0)


def address(page):
    return f"list?page={page}"


class Site(dict):
    """Pages whose answers are given in turn; the last one stays."""

    def __init__(self, pages):
        self.requested = []
        super().__init__({name: self._answer(name, answers) for name, answers in pages.items()})

    def _answer(self, name, answers):
        def call():
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            self.requested.append(name)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def read(text, what):
    """Pages of this test look like ``a b | 3 2``: their ids, the stated count and pages."""
    if "|" not in text:
        raise MalformedResponse(f"{what}: no listing")
    ids, stated = text.split("|")
    return ListingPage({name: name.upper() for name in ids.split()}, Stated(*map(int, stated.split())))


def test_a_listing_is_all_its_pages():
    site = Site({address(1): ["a b | 3 2"], address(2): ["c | 3 2"]})
    assert read_listing(site, address, read, SETTINGS) == {"a": "A", "b": "B", "c": "C"}
    assert site.requested == [address(1), address(2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["a b | 3 2"], ["b | 3 2", "c | 3 2"]),  # shifted: b twice, c missing
        (["a b | 3 2"], ["c | 4 2", "c | 3 2"]),  # a publication came in between
        (["a b | 3 2"], [PageMissing("gone."), "c | 3 2"]),  # a page went away in between
        (["| 0 0", "a b | 3 2"], ["c | 3 2"]),  # the backend failed
        (["| 3 0", "a b | 3 2"], ["c | 3 2"]),
        (["a b | 4 2", "a b | 3 2"], ["c | 4 2", "c | 3 2"]),  # one is hidden from the listing
    ],
)
def test_a_listing_that_contradicts_itself_is_read_again(first, second):
    site = Site({address(1): first, address(2): second})
    assert read_listing(site, address, read, SETTINGS) == {"a": "A", "b": "B", "c": "C"}


@pytest.mark.parametrize(
    ("first", "message"),
    [
        ("| 0 0", "lists 0 entries on 0 pages.*not used"),
        ("a b | 3 1", "states 3 entries, but its 1 pages name 2 different ones"),
    ],
)
def test_a_listing_that_always_contradicts_itself_is_refused(first, message):
    site = Site({address(1): [first]})
    with pytest.raises(UnstableSnapshot, match=f"{message}.*read 3 times. Nothing was written"):
        read_listing(site, address, read, SETTINGS)
    assert site.requested == [address(1)] * 3


@pytest.mark.parametrize(
    "answer", [PageMissing("x"), SourceUnavailable("x"), PermissionRefused("x"), "no listing"]
)
def test_other_failures_of_a_listing_are_final(answer):
    site = Site({address(1): [answer]})
    with pytest.raises(type(answer) if isinstance(answer, Exception) else MalformedResponse):
        read_listing(site, address, read, SETTINGS)
    assert site.requested == [address(1)]


def test_a_listing_of_absurdly_many_pages_is_refused():
    site = Site({address(1): ["a | 9 1000000"]})
    with pytest.raises(MalformedResponse, match=r"1000000 pages.*max_listing_pages = 200"):
        read_listing(site, address, read, SETTINGS)


def pages_of(site):
    return read_pages(site, {name: name for name in site}, lambda text, _: text.upper(), SETTINGS)


def test_every_page_ends_in_its_content_or_its_failure():
    gone, bad = PageMissing("gone"), MalformedResponse("bad")
    site = Site({"a": ["x"], "b": [gone], "c": [bad], "d": [PageMissing("not now"), "y"]})
    assert pages_of(site) == {"a": "X", "b": gone, "c": bad, "d": "Y"}
    assert sorted(site.requested) == ["a", "b", "b", "c", "d", "d"]


def test_a_fault_of_our_own_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        read_pages(Site({"a": ["x"]}), {"a": "a"}, lambda *_: 1 // 0, SETTINGS)


def test_no_more_pages_at_once_than_set():
    now, most, lock = 0, 0, threading.Lock()

    def call():
        nonlocal now, most
        with lock:
            now, most = now + 1, max(most, now + 1)
        threading.Event().wait(0.01)
        with lock:
            now -= 1
        return "x"

    read_pages(
        {str(n): call for n in range(20)}, {str(n): str(n) for n in range(20)}, lambda t, _: t, SETTINGS
    )
    assert most == SETTINGS.threads


@pytest.mark.parametrize("failure", [SourceUnavailable("503"), PermissionRefused("403")])
def test_when_a_website_is_down_or_refuses_not_every_page_is_requested(failure):
    names = [f"page {number:02}" for number in range(30)]
    site = Site({name: [failure] for name in names})
    one_by_one = WebsiteSettings(threads=1, give_up_after=20)

    outcomes = read_pages(site, {name: name for name in names}, lambda text, _: text, one_by_one)

    assert site.requested == names[:20]
    assert all(outcomes[name] is failure for name in names[:20])
    assert "page 29: not requested, because 20 pages in a row" in str(outcomes["page 29"])


def test_when_a_website_responds_now_and_then_every_page_is_requested():
    names = [f"page {number:02}" for number in range(30)]
    site = Site({name: [SourceUnavailable("503") if int(name[5:]) % 5 else "text"] for name in names})

    read_pages(site, {n: n for n in names}, lambda text, _: text, WebsiteSettings(threads=1, give_up_after=5))

    assert site.requested == names
