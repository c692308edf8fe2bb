"""Numbers are read in any wording, text stays text, and what is missing is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.website.html_pages import (
    Stated,
    parse_page,
    read_stated,
    site_path,
    squash,
    text_of,
)

WORDINGS = {
    "<h2>58 results</h2><p>58 results, page 1 of 6, showing all publications</p>": (58, 6),
    "<h2>58 results</h2><p>Page 1 of 6, showing all publications</p>": (58, 6),
    "<p>58 results, page <!-- -->1<!-- --> of <!-- -->6<!-- -->, showing all publications</p>": (58, 6),
    "<p><strong>1,058</strong> results</p><p>Page 1 of 106</p>": (1058, 106),
    "<p>58&nbsp;results, page&nbsp;1 of&nbsp;6</p>": (58, 6),
    "<p>Showing 1 to 10 of 58 publications</p><p>page 1 / 6</p>": (58, 6),
    "<p>Page 1 of 6 showing publications: 58</p>": (58, 6),
    "<p>1 result, page 1 of 1</p>": (1, 1),
    "<p>0 results, 0 pages, showing all publications</p>": (0, 0),
    "<p>32 data sets, page 1 of 4, filtered by: </p>": (32, 4),
    "<p>32 API data sets on 4 pages</p>": (32, 4),
    "<nav>in 2024</nav><p>58 results, page 1 of 6</p><ul><li>12 results by age, page 3 of 9</li></ul>": (
        58,
        6,
    ),
    "<p>10 results per page</p><p>58 results, page 1 of 6</p>": (58, 6),
    "<script>99 results, page 1 of 9</script><p>58 results, page 1 of 6</p>": (58, 6),
    "<template><p>99 results, page 1 of 9</p></template><p>58 results, page 1 of 6</p>": (58, 6),
    "<p>academic year 2024</p><p>results</p><p>58 results, page 1 of 6</p>": (58, 6),
    "58 results<br>page 1 of 6": (58, 6),
}


@pytest.mark.parametrize(("html", "stated"), WORDINGS.items())
def test_counts_are_read_in_every_wording(html, stated):
    assert read_stated(parse_page(f"<html><body>{html}</body></html>", "x"), "x") == Stated(*stated)


@pytest.mark.parametrize(
    ("html", "missing"),
    [
        ("<p>Find statistics</p>", "entries and pages"),
        ("<p>58 results</p>", "many pages there"),
        ("<p>page 1 of 6</p>", "many entries there"),
        ("<p>many results, page 1 of several</p>", "entries and pages"),
        pytest.param(f"<p>{'9' * 5000} results, page 1 of {'9' * 5000}</p>", "entries and pages", id="long"),
    ],
)
def test_a_number_that_is_not_there_is_named(html, missing):
    with pytest.raises(MalformedResponse, match=missing) as failure:
        read_stated(parse_page(html, "find-statistics?page=1"), "find-statistics?page=1")
    assert "find-statistics?page=1" in str(failure.value)
    assert "html_pages.py" in str(failure.value)


@pytest.mark.parametrize("text", ["", " \n", "<!-- only a comment -->"])
def test_a_page_without_html_is_refused(text):
    with pytest.raises(MalformedResponse, match="find-statistics/x"):
        parse_page(text, "find-statistics/x")


@given(st.text(max_size=300))
def test_any_text_is_a_page_or_refused(text):
    try:
        root = parse_page(text, "x")
        read_stated(root, "x")
    except MalformedResponse as refusal:
        assert str(refusal).startswith("x: ")


@given(st.text(max_size=100))
def test_squashed_text_has_no_white_space_but_single_spaces(text):
    assert squash(text) == " ".join(text.split())
    assert squash(squash(text)) == squash(text)


def test_text_stays_text():
    root = parse_page("<h1>Under-5s &amp; <em>others</em>\n <!-- no -->&lt;script&gt;</h1>", "x")
    assert text_of(root.find(".//h1")) == "Under-5s & others <script>"


def test_an_encoding_declaration_in_a_page_does_no_harm():
    assert text_of(parse_page('<?xml version="1.0" encoding="latin-1"?><p>Ä</p>', "x")) == "Ä"


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("/find-statistics/a", "/find-statistics/a"),
        ("https://explore-education-statistics.service.gov.uk/find-statistics/a", "/find-statistics/a"),
        ("https://example.org/find-statistics/a", None),
        ("//example.org/find-statistics/a", None),
        ("?page=2", None),
        ("http://[broken", None),
        (None, None),
    ],
)
def test_only_links_into_the_website_count(href, path):
    target = site_path(href)
    assert (target.path if target else None) == path
