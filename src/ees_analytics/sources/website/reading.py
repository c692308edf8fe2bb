"""Reading listings and many pages of the website, wherever the pages come from."""

import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from tenacity import before_sleep_log, wait_fixed

from ees_analytics.parameters.website import WebsiteSettings
from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.sources.errors import MalformedResponse, PageMissing, SourceUnavailable, UnstableSnapshot
from ees_analytics.sources.retry import repeat
from ees_analytics.sources.website.html_pages import ListingPage, Stated

logger = logging.getLogger(__name__)

Entry = TypeVar("Entry")
Content = TypeVar("Content")
ReadListingPage = Callable[[str, str], ListingPage[Entry]]

_ADDRESS = re.compile(
    r"(find-statistics|data-catalogue)(/[A-Za-z0-9][A-Za-z0-9._~'()-]*)*(\?[A-Za-z0-9=&]*)?"
)


class Website:
    """A page's address, relative to the website, to a callable that gives its HTML.

    Every address of the parts that this project reads is a key. Nothing is fetched until a callable is called;
    callables may be called from several threads. They raise a ``SourceError`` where there is no page.
    """

    def __init__(self, fetch: Callable[[str], str]) -> None:
        self._fetch = fetch

    def __contains__(self, address: object) -> bool:
        return isinstance(address, str) and bool(_ADDRESS.fullmatch(address)) and ".." not in address

    def __getitem__(self, address: str) -> Callable[[], str]:
        """The callable of one page; ``KeyError`` outside the parts of the website that are read."""
        if address not in self:
            raise KeyError(
                f"{address!r} is not read: addresses look like 'find-statistics/<slug>', 'find-statistics?page=2' or "
                "'data-catalogue/data-set/<id>'"
            )
        return partial(self._fetch, address)


def read_listing(
    website: Website, address: Callable[[int], str], read: ReadListingPage[Entry], settings: WebsiteSettings
) -> dict[str, Entry]:
    """The entries of a listing by id, exactly as many as it states; read again if it changed meanwhile.

    ``address`` gives the address of the listing's page of a number; ``read`` reads such a page from its HTML and address.

    Raises:
        UnstableSnapshot: The pages never agreed, or the listing stays empty.
        SourceError: A page could not be read.
    """
    read_again = repeat(UnstableSnapshot, settings.listing_attempts - 1, backoff_seconds=0).copy(
        wait=wait_fixed(settings.listing_pause_seconds),
        before_sleep=before_sleep_log(logger, logging.WARNING),
    )
    try:
        return read_again(_read_listing_once, website, address, read, settings.max_listing_pages)
    except UnstableSnapshot as error:
        raise UnstableSnapshot(
            f"{error} It was read {settings.listing_attempts} times. Nothing was written; run again later."
        ) from error


def _read_listing_once(
    website: Website, address: Callable[[int], str], read: ReadListingPage[Entry], max_pages: int
) -> dict[str, Entry]:
    first = read(website[address(1)](), address(1))
    entries, stated, unreadable = dict(first.entries), first.stated, first.unreadable
    _check_stated(stated, address(1), max_pages)
    for later in map(address, range(2, stated.pages + 1)):
        try:
            page = read(website[later](), later)
        except PageMissing as error:
            raise UnstableSnapshot(f"{error} The first page of the listing states that it exists.") from error
        if page.stated != stated:
            raise UnstableSnapshot(
                f"{later}: the website states {page.stated}, while its first page stated {stated}."
            )
        entries |= page.entries
        unreadable |= page.unreadable
    if (found := len(entries) + len(unreadable)) != stated.count:
        raise UnstableSnapshot(
            f"{address(1)}: the website states {stated.count} entries, but its {stated.pages} pages "
            f"name {found} different ones."
        )
    if unreadable:
        logger.warning(
            "%s: listed, but left out, because the address has other characters than letters, digits and -._~'(): %s",
            address(1),
            ", ".join(sorted(unreadable)),
        )
    return entries


def _check_stated(stated: Stated, address: str, max_pages: int) -> None:
    if stated.count == 0 or stated.pages == 0:
        raise UnstableSnapshot(
            f"{address}: the website lists {stated}. It answers like this when its backend fails, so the answer is "
            "not used."
        )
    if stated.pages > max_pages:
        raise MalformedResponse(
            f"{address}: the listing states {stated.pages} pages, more than website.max_listing_pages = {max_pages} "
            "allows"
        )


def read_pages(
    website: Website,
    addresses: Mapping[str, str],
    read: Callable[[str, str], Content],
    settings: WebsiteSettings,
) -> dict[str, Content | SourceError]:
    """What was read of each page, by id, or why it could not be: a few at once, and a missing page again.

    When ``settings.give_up_after`` pages in a row had no response, the website is down: the others are not requested.
    ``addresses`` has each id's address; ``read`` reads a page from its HTML and address.
    """
    unanswered = 0

    def outcome(address: str) -> Content | SourceError:
        nonlocal unanswered
        if unanswered >= settings.give_up_after:
            return SourceUnavailable(
                f"{address}: not requested, because {unanswered} pages in a row had no response"
            )
        try:
            result: Content | SourceError = read(website[address](), address)
        except SourceError as error:
            result = error
        unanswered = unanswered + 1 if isinstance(result, SourceUnavailable | SourceStop) else 0
        return result

    outcomes: dict[str, Content | SourceError] = {}
    wanted = list(addresses)
    with ThreadPoolExecutor(settings.threads, thread_name_prefix="website") as pool:
        for _ in range(settings.page_attempts):
            outcomes.update(zip(wanted, pool.map(outcome, map(addresses.__getitem__, wanted)), strict=True))
            wanted = [name for name in wanted if isinstance(outcomes[name], PageMissing)]
    return outcomes
