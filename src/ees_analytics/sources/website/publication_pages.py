"""What the website's pages say of its publications: the listing's slugs and a publication's title."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from ees_analytics.parameters.website import PublicationRules
from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.website.html_pages import (
    ListingPage,
    has_class,
    parse_page,
    read_stated,
    site_path,
    squash,
    text_of,
)

_LINK = re.compile(r"^/find-statistics/([^/]+)")
_SLUG = re.compile(r"[a-z0-9][a-z0-9._~'()-]*")
_LEGACY_SLUG = re.compile(r"/find-statistics/([^/?#]+)")
_NOT_LEGACY = ("methodology", "data-guidance", "prerelease-access-list")


def normal_slug(text: str) -> str | None:
    """A slug in its normal form (percent-decoded, lower case), or None where this can be no slug."""
    slug = unquote(text).strip().lower()
    return slug if _SLUG.fullmatch(slug) else None


def read_listing_page(text: str, what: str) -> ListingPage[str]:
    """Read one page of ``/find-statistics``: slug to the text of its link.

    Publications are the links of class ``govuk-link`` to ``/find-statistics/<slug>``, with or without a release
    after the slug.

    Raises:
        MalformedResponse: It is no listing page, or does not say how many publications there are.
    """
    root = parse_page(text, what)
    found: dict[str, str] = {}
    for link in root.iter("a"):
        if has_class(link, "govuk-link") and (slug := _linked_slug(link.get("href"))):
            found.setdefault(slug, text_of(link))
    return ListingPage(found, read_stated(root, what))


def _linked_slug(href: str | None) -> str | None:
    target = site_path(href)
    match = _LINK.match(target.path) if target else None
    return normal_slug(match.group(1)) if match else None


def read_title(text: str, what: str) -> str:
    """Read a publication's title: the text of the page's first ``h1`` of class ``govuk-heading-xl``.

    Raises:
        MalformedResponse: There is no such heading, or it is empty.
    """
    for heading in parse_page(text, what).iter("h1"):
        if has_class(heading, "govuk-heading-xl") and (title := text_of(heading)):
            return title
    raise MalformedResponse(
        f"{what}: the page has no title (an h1 of class govuk-heading-xl). The website's layout may have changed: "
        "see read_title in src/ees_analytics/sources/website/publication_pages.py."
    )


def combine_publications(
    site: Iterable[tuple[str, str]], legacy: Iterable[tuple[str, str]], rules: PublicationRules
) -> list[tuple[str, str]]:
    """Put the rows of ``ees_pub_scrape`` together.

    Args:
        site: (slug, title) of what the website lists.
        legacy: (slug, title) of old pages.
        rules: The hand-kept rows, and the titles to leave out.

    Returns:
        Distinct (slug, title) pairs, sorted. A slug may still stand there twice: that is the caller's check.
    """
    pairs = {
        (slug.lower(), title) for slug, title in (*site, *legacy) if title not in set(rules.ignored_titles)
    }
    pairs |= set(rules.manual.items())
    return sorted(pairs - set(rules.superseded_titles))


def legacy_publications(pages: Iterable[tuple[str | None, str | None]]) -> list[tuple[str, str]]:
    """Take the publications from pages that were scraped long ago.

    Args:
        pages: (url, heading) of each page.

    Returns:
        Distinct (slug, title) pairs; pages without a slug or a heading are no publication.
    """
    found: dict[tuple[str, str], None] = {}
    for url, heading in pages:
        match = _LEGACY_SLUG.search(url or "")
        title = squash(heading)
        if match and title and not any(word in (url or "") for word in _NOT_LEGACY):
            found[(unquote(match.group(1)).lower(), title)] = None
    return list(found)
