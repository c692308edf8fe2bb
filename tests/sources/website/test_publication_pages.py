"""Slugs, titles and old publications, as the website and the frozen scrape give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.parameters.website import PublicationRules
from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.website.html_pages import Stated
from ees_analytics.sources.website.publication_pages import (
    combine_publications,
    legacy_publications,
    normal_slug,
    read_listing_page,
    read_title,
)


def listing(*links):
    return f"<html><body><p>3 results, page 1 of 1</p>{''.join(links)}</body></html>"


def link(href, kind="govuk-link", text="t"):
    return f'<a class="{kind}" href="{href}">{text}</a>'


def test_links_to_publications_are_found_in_order():
    page = read_listing_page(
        listing(
            link("/find-statistics"),
            link("/find-statistics?page=2"),
            link("/find-statistics/"),
            link("/data-catalogue"),
            link("/find-statistics/no-link-of-the-service", kind="other"),
            '<a class="govuk-link">no address</a>',
            link("/find-statistics/b", text=" B &amp;\n b "),
            link("/find-statistics/a/2023-24", kind="govuk-link govuk-link--no-visited-state"),
            link("/find-statistics/a", text="again"),
            link("https://example.org/find-statistics/elsewhere"),
        ),
        "find-statistics?page=1",
    )
    assert list(page.entries.items()) == [("b", "B & b"), ("a", "t")]
    assert page.stated == Stated(3, 1)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("pupil-absence", "pupil-absence"),
        ("Pupil-ABSENCE", "pupil-absence"),
        ("pupil%2Dabsence", "pupil-absence"),
        ("children%27s-homes", "children's-homes"),
        ("..", None),
        ("%2e%2e", None),
        ("a%2Fb", None),
        ("a b", None),
        ("%3Cscript%3E", None),
        ("é", None),
        ("", None),
    ],
)
def test_slugs_are_decoded_lowered_and_validated(text, slug):
    assert normal_slug(text) == slug


@given(st.text(max_size=40))
def test_a_normal_slug_stays_as_it_is(text):
    slug = normal_slug(text)
    if slug is not None:
        assert normal_slug(slug) == slug
        assert not set("/?#%<> \\") & set(slug)


def test_the_title_is_the_large_heading():
    page = """<h1>Cookies</h1><h1 class="govuk-heading-xl"> </h1>
        <h1 class="other govuk-heading-xl">\n  Under-5s&nbsp;provision &amp;\n <b>bursary</b></h1>"""
    assert read_title(page, "x") == "Under-5s provision & bursary"


@pytest.mark.parametrize(
    "page", ["<h1>t</h1>", '<h2 class="govuk-heading-xl">t</h2>', '<h1 class="govuk-heading-xl"/>']
)
def test_a_page_without_a_title_is_refused(page):
    with pytest.raises(MalformedResponse, match="find-statistics/x: the page has no title"):
        read_title(page, "find-statistics/x")


def test_old_publications_are_what_follows_find_statistics():
    site = "https://explore-education-statistics.service.gov.uk"
    pages = [
        (f"{site}/find-statistics/a", "A"),
        (f"{site}/find-statistics/A/2019-20", " A "),
        (f"{site}/find-statistics/b/2019-20?tab=1", "B"),
        (f"{site}/find-statistics/c?tab=1", "C"),
        (f"{site}/find-statistics", "Find statistics and data"),
        (f"{site}/find-statistics?page=2", "Find statistics and data"),
        (f"{site}/find-statistics/a/2019-20/data-guidance", "A"),
        (f"{site}/find-statistics/d/prerelease-access-list", "D"),
        (f"{site}/find-statistics/e-methodology", "E"),
        (f"{site}/glossary", "Glossary"),
        (f"{site}/find-statistics/f", None),
        (None, "no url"),
    ]
    assert legacy_publications(pages) == [("a", "A"), ("b", "B"), ("c", "C")]


def test_rows_are_put_together_by_the_rules():
    rules = PublicationRules(
        manual={"m": "Find statistics and data", "a": "A"},
        superseded_titles=[("a", "Old a"), ("m2", "M2")],
        ignored_titles=["Find statistics and data"],
    )
    site = [("a", "A"), ("b", "B"), ("x", "Find statistics and data")]
    legacy = [("A", "Old a"), ("B", "B"), ("c", "B"), ("m2", "M2")]
    assert combine_publications(site, legacy, rules) == [
        ("a", "A"),
        ("b", "B"),
        ("c", "B"),
        ("m", "Find statistics and data"),
    ]
