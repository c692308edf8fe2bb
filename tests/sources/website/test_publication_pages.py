"""Slugs, titles and old publications, as the website and the frozen scrape give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.parameters.website import PublicationRules
from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.website.html_pages import Stated, parse_page
from ees_analytics.sources.website.publication_pages import (
    PublicationPage,
    combine_publications,
    contradicts,
    count_words,
    legacy_publications,
    normal_slug,
    read_listing_page,
    read_publication_page,
    words_and_images,
)

LOGO = "/assets/images/accredited-official-statistics-logo.svg"


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


def test_a_listed_slug_with_other_characters_is_named():
    page = read_listing_page(
        listing("2 results, page 1 of 1", link("/find-statistics/a"), link("/find-statistics/caf%C3%A9")), "x"
    )
    assert (list(page.entries), page.unreadable) == (["a"], {"caf%C3%A9"})


def test_the_title_is_the_large_heading():
    page = """<h1>Cookies</h1><h1 class="govuk-heading-xl"> </h1>
        <h1 class="other govuk-heading-xl">\n  Under-5s&nbsp;provision &amp;\n <b>bursary</b></h1>"""
    page += "<p>Two words</p><img>"
    assert read_publication_page(page, "x") == PublicationPage("Under-5s provision & bursary", 6, 1)


@pytest.mark.parametrize(
    "page", ["<h1>t</h1>", '<h2 class="govuk-heading-xl">t</h2>', '<h1 class="govuk-heading-xl"/>']
)
def test_a_page_without_a_title_is_refused(page):
    with pytest.raises(MalformedResponse, match="find-statistics/x: the page has no title"):
        read_publication_page(page, "find-statistics/x")


def counts(body):
    return words_and_images(parse_page(f"<html><body>{body}</body></html>", "x"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (" ", 1),
        ("one", 1),
        ("one two", 2),
        ("one \t\r\n\f\v two ", 2),
        (" one", 2),
        ("one\N{NO-BREAK SPACE}two", 1),
        ("one\N{EM SPACE}two", 1),
        ("one \N{EN DASH} two", 3),
    ],
)
def test_words_are_separated_by_ascii_white_space(text, words):
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<p>one two</p><p>three</p>", 3),
        ("<h1>a</h1><h2>b</h2><h3>c</h3><h4>d</h4><h5>e</h5><h6>f</h6><li>g</li><a>h</a>", 8),
        ("<p>one <a href='/'>two</a></p>", 3),
        ("<ul><li>one<ul><li>two</li></ul></li></ul>", 2),
        ("<ul><li>one <ul><li>two</li></ul></li></ul>", 3),
        ("<p>one<!-- two three --><em>four</em></p>", 1),
        ("<p>one<br>two</p>", 1),
        ("<div>not counted</div><td>nor this</td>", 0),
        ("<script>var p = '<p>not text</p>'</script>", 0),
        ("<template><p>one two</p></template>", 2),
        ("<p>fish &amp; chips</p>", 3),
        ("<p> </p><h1>one</h1>", 2),
        ("<h1>one</h1><p></p>", 2),
        ("<p>one</p><h2></h2>", 1),
    ],
)
def test_the_texts_of_each_tag_are_counted_nested_ones_again(body, words):
    assert counts(body) == (words, 0)


@pytest.mark.parametrize(
    ("image", "images"),
    [
        ("<img src='/content/1.png'>", 1),
        ("<img>", 1),
        ("<img src=''>", 1),
        (f"<img src='{LOGO}'>", 0),
        (f"<img src='{LOGO}?v=2'>", 1),
        (f"<img src='https://example.org{LOGO}'>", 1),
    ],
)
def test_images_are_counted_but_not_the_logo(image, images):
    assert counts(f"<p>one</p>{image}{image}") == (1, 2 * images)


@pytest.mark.parametrize(
    ("title", "link", "contradiction"),
    [
        ("Pupil  absence\n", "Pupil absence", False),
        ("Pupil Absence", "pupil absence", False),
        ("Pupil absence", "", False),
        ("Apprenticeships", "Apprenticeships in England by industry", True),
        ("Pupil absence in schools", "Pupil absence", True),
        ("Error", "Terror attacks and schools", True),
        ("Sorry, there is a problem with the service", "Pupil absence", True),
    ],
)
def test_a_title_contradicts_another_name_only(title, link, contradiction):
    assert contradicts(title, link) is contradiction


def test_text_nested_so_deep_that_it_would_count_hundreds_of_times_is_refused():
    text = "<div><li>" * 120 + "word " * 100_000
    with pytest.raises(MalformedResponse, match="nested"):
        words_and_images(parse_page(text, "x"))


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
