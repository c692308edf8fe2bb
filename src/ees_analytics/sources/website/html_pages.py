"""Reading HTML of the website: text stays text, and what is missing is named."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import SplitResult, urlsplit

from lxml import etree, html

from ees_analytics.parameters.website import PUBLIC_SITE
from ees_analytics.sources.errors import MalformedResponse

_INLINE = {"a", "abbr", "b", "bdi", "em", "i", "small", "span", "strong", "time"}
_UNSEEN = ("script", "style", "template", "noscript")
_NUMBER = r"(?<![\d.,])(\d{1,3}(?:,\d{3}){1,2}|\d{1,9})(?!\d)"
_THINGS = r"(?:results?|publications?|data ?sets?|items?)"
_ADJECTIVE = r"(?:(?:matching|search|total|published|available|open|API) )*"
_COUNT = re.compile(rf"{_NUMBER} {_ADJECTIVE}{_THINGS}\b(?! (?:per|a)\b)", re.IGNORECASE)
_LABELLED_COUNT = re.compile(rf"\b{_THINGS}(?: found)? ?[:=] ?{_NUMBER}", re.IGNORECASE)
_PAGES = re.compile(rf"\bpage \d+ ?(?:of|out of|/) ?{_NUMBER}|{_NUMBER} pages?\b", re.IGNORECASE)


Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Stated:
    """How many entries and pages a listing page states."""

    count: int
    pages: int

    def __str__(self) -> str:
        return f"{self.count} entries on {self.pages} pages"


@dataclass(frozen=True)
class ListingPage(Generic[Entry]):
    """One page of a listing: its entries by id, and what it states about the whole listing.

    ``unreadable`` are the ids in its links with characters that no address is read with.
    """

    entries: Mapping[str, Entry]
    stated: Stated
    unreadable: frozenset[str] = frozenset()


def parse_page(text: str, what: str) -> html.HtmlElement:
    """Parse a page's HTML (``what`` is its address, for messages); ``MalformedResponse`` if it has none."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise MalformedResponse(f"{what}: this is not an HTML page ({error})") from error


def squash(text: str | None) -> str:
    """Text as a browser shows it: runs of white space (non-breaking too) are one space, none at the ends."""
    return " ".join((text or "").split())


def text_of(element: Any) -> str:
    """The squashed text of an element and everything in it."""
    return squash(element.text_content())


def site_path(href: str | None) -> SplitResult | None:
    """The link's target on the website (a relative or a public address); None for any other website."""
    try:
        target = urlsplit((href or "").strip())
    except ValueError:
        return None
    if target.netloc and target.netloc.lower() != urlsplit(PUBLIC_SITE).netloc:
        return None
    return target if target.path else None


def linked_id(link: html.HtmlElement, pattern: re.Pattern[str]) -> str | None:
    """The pattern's first group in the path that a link leads to; None for any other path or website."""
    target = site_path(link.get("href"))
    match = pattern.match(target.path) if target else None
    return match.group(1) if match else None


def read_stated(root: html.HtmlElement, what: str) -> Stated:
    """Read how many entries and pages a listing page states.

    The wording has changed before, so this only looks for a number beside a word like "results" and for
    "page X of Y"; of several counts it takes the one nearest to the page count.

    Raises:
        MalformedResponse: A number is not found.
    """
    text = _visible_text(root)
    pages = _PAGES.search(text)
    counts = [*_COUNT.finditer(text), *_LABELLED_COUNT.finditer(text)]
    if pages is None or not counts:
        missing = " and ".join(name for name, found in (("entries", counts), ("pages", pages)) if not found)
        raise MalformedResponse(
            f"{what}: the page does not state how many {missing} there are (looked for text like "
            "'58 results, page 1 of 6'). The wording of the website may have changed: see read_stated in "
            "src/ees_analytics/sources/website/html_pages.py."
        )
    nearest = min(counts, key=lambda match: abs(match.start() - pages.start()))
    stated = (nearest.group(1), pages.group(1) or pages.group(2))
    return Stated(*(int(number.replace(",", "")) for number in stated))


def _visible_text(root: html.HtmlElement) -> str:
    """The visible text, a line per block, so that no number meets the word of another paragraph."""
    parts: list[str] = []
    for body in root.iter("body"):
        walk = etree.iterwalk(body, events=("start", "end"))
        for event, element in walk:
            text = element.text if event == "start" else element.tail
            if event == "start" and element.tag in _UNSEEN:
                walk.skip_subtree()
                text = None
            parts += ["" if element.tag in _INLINE else "\n", re.sub(r"\s+", " ", text or "")]
    return "\n".join(map(squash, "".join(parts).split("\n")))
