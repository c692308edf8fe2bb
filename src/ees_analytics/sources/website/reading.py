"""Reading listings and many pages of the website, wherever the pages come from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_fixed,
)

from ees_analytics.parameters.website import WebsiteSettings
from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.sources.errors import (
    MalformedResponse,
    PageMissing,
    SourceUnavailable,
    UnstableSnapshot,
)
from ees_analytics.sources.website.html_pages import ListingPage

logger = logging.getLogger(__name__)

Entry = TypeVar("Entry")
Content = TypeVar("Content")
ReadListingPage = Callable[[str, str], ListingPage[Entry]]


class Website(Protocol):
    """Pages by their address relative to the website."""

    def __contains__(self, address: object, /) -> bool:
        """Whether the address is one of a page that may be requested."""

    def __getitem__(self, address: str, /) -> Callable[[], str]:
        """A callable that gives the page's HTML, or raises a ``SourceError``."""


def read_listing(
    website: Website, address: Callable[[int], str], read: ReadListingPage[Entry], settings: WebsiteSettings
) -> dict[str, Entry]:
    """Read a whole listing, again where it changed while it was read.

    Args:
        website: The pages.
        address: The address of the listing's page of a number.
        read: Reads one page of the listing: its HTML and address.
        settings: How often the listing is read.

    Returns:
        The entries by id, exactly as many as the listing states.

    Raises:
        UnstableSnapshot: The pages never agreed, or the listing stays empty.
        SourceError: A page could not be read.
    """
    read_again = Retrying(
        retry=retry_if_exception_type(UnstableSnapshot),
        stop=stop_after_attempt(settings.listing_attempts),
        wait=wait_fixed(settings.listing_pause_seconds),
        before_sleep=_log_repeat,
        reraise=True,
    )
    try:
        return read_again(_read_listing_once, website, address, read, settings)
    except UnstableSnapshot as error:
        raise UnstableSnapshot(
            f"{error} It was read {settings.listing_attempts} times. Nothing was written; run again later."
        ) from error


def _log_repeat(state: RetryCallState) -> None:
    logger.warning("%s Reading the listing again.", state.outcome and state.outcome.exception())


def _read_listing_once(
    website: Website, address: Callable[[int], str], read: ReadListingPage[Entry], settings: WebsiteSettings
) -> dict[str, Entry]:
    first = read(website[address(1)](), address(1))
    stated = first.stated
    if stated.count == 0 or stated.pages == 0:
        raise UnstableSnapshot(
            f"{address(1)}: the website lists {stated.count} entries on {stated.pages} pages. "
            "It answers like this when its backend fails, so the answer is not believed."
        )
    if stated.pages > settings.max_listing_pages:
        raise MalformedResponse(
            f"{address(1)}: the listing states {stated.pages} pages, more than "
            f"website.max_listing_pages = {settings.max_listing_pages} allows"
        )
    entries = dict(first.entries)
    for number in range(2, stated.pages + 1):
        entries.update(_later_page(website, address(number), read, first).entries)
    if len(entries) != stated.count:
        raise UnstableSnapshot(
            f"{address(1)}: the website states {stated.count} entries, but its {stated.pages} pages "
            f"name {len(entries)} different ones."
        )
    return entries


def _later_page(
    website: Website, address: str, read: ReadListingPage[Entry], first: ListingPage[Entry]
) -> ListingPage[Entry]:
    try:
        page = read(website[address](), address)
    except PageMissing as error:
        raise UnstableSnapshot(f"{error} The first page of the listing states that it exists.") from error
    if page.stated != first.stated:
        raise UnstableSnapshot(
            f"{address}: the website states {page.stated.count} entries on {page.stated.pages} pages, while its "
            f"first page stated {first.stated.count} on {first.stated.pages}."
        )
    return page


def read_pages(
    website: Website,
    addresses: Mapping[str, str],
    read: Callable[[str, str], Content],
    settings: WebsiteSettings,
) -> dict[str, Content | SourceError]:
    """Read many pages, a few at once; a missing page is requested again.

    When ``settings.give_up_after`` pages in a row had no response, the website is down: the others are not requested.

    Args:
        website: The pages.
        addresses: Id to address of each page.
        read: Reads one page: its HTML and address.
        settings: How many pages at once, and how often a missing one.

    Returns:
        By id, what was read or why it could not be.
    """
    outcomes: dict[str, Content | SourceError] = {}
    wanted = dict(addresses)
    for _ in range(settings.page_attempts):
        outcomes.update(_read_once(website, wanted, read, settings))
        wanted = {name: addresses[name] for name in wanted if isinstance(outcomes[name], PageMissing)}
        if not wanted:
            break
    return outcomes


def _read_once(
    website: Website,
    addresses: Mapping[str, str],
    read: Callable[[str, str], Content],
    settings: WebsiteSettings,
) -> dict[str, Content | SourceError]:
    unanswered = 0

    def outcome(address: str) -> Content | SourceError:
        nonlocal unanswered
        if unanswered >= settings.give_up_after:
            return SourceUnavailable(
                f"{address}: not requested, because {unanswered} pages in a row had no response"
            )
        try:
            content = read(website[address](), address)
        except SourceError as error:
            unanswered = unanswered + 1 if isinstance(error, SourceUnavailable | SourceStop) else 0
            return error
        unanswered = 0
        return content

    with ThreadPoolExecutor(settings.threads, thread_name_prefix="website") as pool:
        return dict(zip(addresses, pool.map(outcome, addresses.values()), strict=True))
