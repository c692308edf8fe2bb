"""The website's pages about publications: the slugs of a listing page, and the contents of a publication's page."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ees_analytics.parameters.website import PublicationRules
from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.website.html_pages import (
    ListingPage,
    linked_id,
    parse_page,
    read_stated,
    squash,
    text_of,
)

_LINK = re.compile(r"^/find-statistics/([^/]+)")
_SLUG = re.compile(r"[a-z0-9][a-z0-9._~'()-]*")
_LEGACY_SLUG = re.compile(r"/find-statistics/([^/?#]+)")
_NOT_LEGACY = ("methodology", "data-guidance", "prerelease-access-list")
_TEXT_TAGS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "a")
_LOGO = "/assets/images/accredited-official-statistics-logo.svg"
_MAX_NESTED_TEXT = 50_000_000
"""Characters of a page's text, where nested text counts again."""
_ASCII_SPACE = re.compile(r"[ \t\n\r\f\v]+")


@dataclass(frozen=True)
class PublicationPage:
    """A publication's page: its title, and what ``words_and_images`` counts."""

    title: str
    words: int
    images: int


def listing_address(page: int) -> str:
    """The address of a page of the listing of publications."""
    return f"find-statistics?page={page}"


def normal_slug(text: str) -> str | None:
    """A slug in its normal form (percent-decoded, lower case); None where the text is not a slug."""
    slug = unquote(text).strip().lower()
    return slug if _SLUG.fullmatch(slug) else None


def read_listing_page(text: str, what: str) -> ListingPage[str]:
    """Read one page of ``/find-statistics``: slug to the text of its link.

    Publications are the links of class ``govuk-link`` to ``/find-statistics/<slug>``, with or without a release
    after the slug.

    Raises:
        MalformedResponse: It is not a listing page, or does not state how many publications there are.
    """
    root = parse_page(text, what)
    found: dict[str, str] = {}
    unreadable = set()
    for link in root.find_class("govuk-link"):
        if link.tag == "a" and (linked := linked_id(link, _LINK)):
            if slug := normal_slug(linked):
                found.setdefault(slug, text_of(link))
            else:
                unreadable.add(linked)
    return ListingPage(found, read_stated(root, what), frozenset(unreadable))


def read_publication_page(text: str, what: str) -> PublicationPage:
    """Read a publication's page; its title is the text of the first ``h1`` of class ``govuk-heading-xl``.

    Raises:
        MalformedResponse: The page has no title, or far too much nested text.
    """
    root = parse_page(text, what)
    titles = (text_of(heading) for heading in root.find_class("govuk-heading-xl") if heading.tag == "h1")
    if title := next(filter(None, titles), None):
        return PublicationPage(title, *words_and_images(root))
    raise MalformedResponse(
        f"{what}: the page has no title (an h1 of class govuk-heading-xl). The website's layout may have changed: "
        "see src/ees_analytics/sources/website/publication_pages.py."
    )


def words_and_images(root: Any) -> tuple[int, int]:
    """Count a page's words and images.

    Words are counted in the text of every ``p``, ``h1`` to ``h6``, ``li`` and ``a``, one tag after the other, so
    nested text counts again. Images are all but the logo of accredited official statistics.
    """
    texts, length = [], 0
    for element in (element for tag in _TEXT_TAGS for element in root.iter(tag)):
        texts.append(element.text_content())
        length += len(texts[-1])
        if length > _MAX_NESTED_TEXT:
            raise MalformedResponse(
                f"the text is nested: over {_MAX_NESTED_TEXT:,} characters, each read again"
            )
    images = sum(image.get("src") != _LOGO for image in root.iter("img"))
    return count_words(" ".join(texts)), images


def count_words(text: str) -> int:
    """Count the words between runs of ASCII white space; a blank at the front counts as one word, at the end as none.

    The published times have always been counted in this way; a non-breaking space does not separate words.
    """
    words = _ASCII_SPACE.split(text)
    return len(words) - (words[-1] == "")


def contradicts(title: str, link: str) -> bool:
    """Whether a page's title differs from its link's text, if any, by more than case and white space: an error page."""
    return bool(link) and squash(title).casefold() != squash(link).casefold()


def combine_publications(
    site: Iterable[tuple[str, str]], legacy: Iterable[tuple[str, str]], rules: PublicationRules
) -> list[tuple[str, str]]:
    """Distinct (slug, title) pairs of the website, of old pages and of hand-kept rows, sorted; without titles to leave out.

    A slug may have several titles: the caller checks that.
    """
    pairs = {(slug.lower(), title) for slug, title in (*site, *legacy) if title not in rules.ignored_titles}
    return sorted((pairs | set(rules.manual.items())) - set(rules.superseded_titles))


def legacy_publications(pages: Iterable[tuple[str | None, str | None]]) -> list[tuple[str, str]]:
    """Distinct (slug, title) pairs, sorted, of pages scraped before this project (url, heading) that have both."""
    return sorted(
        {
            (unquote(match.group(1)).lower(), title)
            for url, heading in pages
            if (match := _LEGACY_SLUG.search(url or ""))
            and (title := squash(heading))
            and not any(word in match.string for word in _NOT_LEGACY)
        }
    )
