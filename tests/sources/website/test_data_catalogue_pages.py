"""The catalogue's listing in the layouts that the service has had, and the ids in a data set's page."""

import datetime as dt
import json

import pytest

from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.website.data_catalogue_pages import (
    ApiIds,
    ListedDataSet,
    parse_date,
    read_api_ids,
    read_catalogue_page,
)
from ees_analytics.sources.website.html_pages import Stated

ID = "cac11459-4887-4cdf-bf78-3f905aad86ff"
EXPECTED = ListedDataSet(ID, "Absence by area", "Pupil absence", dt.date(2025, 3, 5), dt.date(2025, 4, 16))


def terms(**fields):
    rows = (
        f'<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">{term.replace("_", " ")}</dt>'
        f'<dd class="govuk-summary-list__value">{value}</dd></div>'
        for term, value in fields.items()
    )
    return f'<dl class="govuk-summary-list">{"".join(rows)}</dl>'


DATES = {"Published": "<time>5 Mar 2025</time>", "Last_updated": "16 Apr 2025"}
CURRENT = (
    f'<li><h3 class="govuk-heading-m"><a class="govuk-link" href="/data-catalogue/data-set/{ID}">'
    '<span class="govuk-caption-m govuk-!-font-size-16">Pupil absence</span><span>Absence by area</span></a></h3>'
    f"<p>About 12 things.</p>{terms(Status='Available by API', Theme='Pupils', **DATES, Release='2024/25')}</li>"
)
EARLIER = (
    f'<li><h3><a class="govuk-link" href="/data-catalogue/data-set/{ID}">Absence by area</a></h3>'
    f"{terms(**DATES, Publication='Pupil absence')}</li>"
)
FLAT = (
    f'<li><h4><a href="/data-catalogue/data-set/{ID}">Absence by area</a></h4><dl><dt>Published:</dt>'
    "<dd>5 March 2025</dd><dt>Last updated:</dt><dd>16th April 2025</dd><dt>Publication:</dt>"
    "<dd>Pupil absence</dd></dl></li>"
)


def page(*items, stated="1 data set, page 1 of 1, filtered by: API data sets only"):
    return f"<html><body><p>{stated}</p><ul>{''.join(items)}</ul></body></html>"


@pytest.mark.parametrize("item", [CURRENT, EARLIER, FLAT])
def test_a_data_set_is_read_in_every_layout(item):
    found = read_catalogue_page(page(item), "x")
    assert dict(found.entries) == {ID: EXPECTED}
    assert found.stated == Stated(1, 1)


def test_every_entry_has_its_own_dates():
    other = CURRENT.replace(ID, "other").replace("5 Mar", "6 Mar")
    found = read_catalogue_page(page(CURRENT, other, stated="2 data sets, page 1 of 1"), "x")
    assert {key: entry.published.day for key, entry in found.entries.items()} == {ID: 5, "other": 6}


def test_an_entry_without_dates_does_not_take_its_neighbours():
    bare = '<li><h3><a href="/data-catalogue/data-set/bare">Bare</a></h3></li>'
    with pytest.raises(MalformedResponse, match=r"bare.*'publication', 'Published', 'Last updated'"):
        read_catalogue_page(page(CURRENT, bare), "x")


def test_links_that_are_no_entries_do_not_count():
    text = page(
        f'<p><a href="/data-catalogue/data-set/{ID}x">read more</a></p>',
        '<h3><a href="/data-catalogue">All</a></h3>',
        '<h3><a href="https://example.org/data-catalogue/data-set/elsewhere">x</a></h3>',
        CURRENT,
    )
    assert list(read_catalogue_page(text, "x").entries) == [ID]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5 Mar 2025", dt.date(2025, 3, 5)),
        ("05 March 2025", dt.date(2025, 3, 5)),
        (" 1 Sept\u00a02024 ", dt.date(2024, 9, 1)),
        ("31 Feb 2025", None),
        ("5 Foo 2025", None),
        ("2025-03-05", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_days_are_read_as_the_website_writes_them(text, day):
    assert parse_date(text) == day


def detail(data):
    return f'<html><body><script id="__NEXT_DATA__" type="application/json">{data}</script></body></html>'


def test_the_ids_come_from_the_page_s_data():
    data = {"props": {"pageProps": {"apiDataSet": {"id": "api"}, "publicationSummary": {"id": "pub"}}}}
    assert read_api_ids(detail(json.dumps(data)), "x") == ApiIds("api", "pub")


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "[]",
        "null",
        '{"props": {"pageProps": []}}',
        '{"props": {"pageProps": {"apiDataSet": {"id": "api"}}}}',
        '{"props": {"pageProps": {"apiDataSet": {"id": 7}, "publicationSummary": {"id": "pub"}}}}',
        "[" * 100_000,
    ],
)
def test_data_without_ids_is_refused(data):
    with pytest.raises(MalformedResponse, match="data-catalogue/data-set/x: __NEXT_DATA__"):
        read_api_ids(detail(data), "data-catalogue/data-set/x")


def test_a_page_without_data_is_refused():
    with pytest.raises(MalformedResponse, match="no <script"):
        read_api_ids("<p>x</p>", "x")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "repeated",
    [
        f'<p><a href="/data-catalogue/data-set/{ID}">read more</a></p>',
        f'<h3><a href="/data-catalogue/data-set/{ID}">Absence</a></h3>',
        "<a href=/elsewhere>x</a>",
        "<dt>",
    ],
    ids=["links", "entries", "other links", "terms"],
)
def test_a_page_takes_time_in_proportion_to_its_length(repeated):
    """Half a second; an hour where each element looked through the page."""
    text = page("<div>" * 200 + CURRENT + repeated * 20_000 + "</div>" * 200)

    assert list(read_catalogue_page(text, "x").entries) == [ID]
