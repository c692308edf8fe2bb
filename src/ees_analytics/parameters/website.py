"""How the website is read, and the hand-kept rules about its publications (`conf/*/parameters_*.yml`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from ees_analytics.parameters.model import Parameters

PUBLIC_SITE = "https://explore-education-statistics.service.gov.uk"
"""The website's public address, whatever address its pages are read from."""


class PublicationRules(Parameters):
    """The hand-kept part of the table of publications (key ``publications``).

    Attributes:
        manual: Slug to title, for slugs that have no publication page of their own.
        superseded_titles: (slug, title) pairs that are left out: old titles of a slug that has a newer one.
        ignored_titles: Titles that do not belong to a publication.
    """

    manual: dict[str, str] = {}
    superseded_titles: list[tuple[str, str]] = []
    ignored_titles: list[str] = []


class RowBounds(Parameters):
    """By how much a table that is replaced whole may grow or shrink in one run, in percent of its rows."""

    max_growth_percent: float = Field(default=10, ge=0)
    max_loss_percent: float = Field(default=5, ge=0, le=100)


class CrawlPolicy(Parameters):
    """How requests are sent to a website.

    Attributes:
        user_agent: How the project identifies itself.
        max_concurrent: Requests at once.
        pause_seconds: From the start of one request to the start of the next.
        timeout_seconds: How long a request waits for the next bytes.
        retries: How often a request is repeated after a failure that may pass.
        backoff_seconds: The first wait before a repeat; it doubles each time.
        max_retry_after_seconds: A website that asks for a longer wait gets no further request for the page.
        max_page_seconds: The longest that one page may take to arrive.
        max_page_bytes: A larger page is refused, packed or unpacked.
        max_redirects: Redirects followed for one page.
        gzip: Request packed pages.
    """

    RENAMED: ClassVar[Mapping[str, str]] = {
        "timeout": "timeout_seconds",
        "max_retry_after": "max_retry_after_seconds",
    }

    user_agent: str = "ees-analytics (usage reporting of Explore education statistics)"
    max_concurrent: int = Field(default=2, gt=0)
    pause_seconds: float = Field(default=0.2, ge=0)
    timeout_seconds: float = Field(default=30, gt=0)
    retries: int = Field(default=4, ge=0)
    backoff_seconds: float = Field(default=1, ge=0)
    max_retry_after_seconds: float = Field(default=120, ge=0)
    max_page_seconds: float = Field(default=120, gt=0)
    max_page_bytes: int = Field(default=10_000_000, gt=0)
    max_redirects: int = Field(default=5, ge=0)
    gzip: bool = True


class WebsiteSettings(Parameters):
    """How listings and pages are read (key ``website``).

    Attributes:
        listing_attempts: How often a listing is read whose pages contradict each other, before the run gives up.
        listing_pause_seconds: The pause before it is read again.
        page_attempts: How often a missing page is requested.
        give_up_after: After this many pages in a row without a response, no further page is requested.
        max_listing_pages: A listing that states more pages is refused.
        threads: How many pages a node requests at once; the dataset limits what reaches the website.
        publication_bounds: By how much the table of publications may change.
        min_data_sets: Fewer API data sets than this are refused.
    """

    listing_attempts: int = Field(default=3, ge=1, le=10)
    listing_pause_seconds: float = Field(default=2, ge=0, le=60)
    page_attempts: int = Field(default=2, ge=1, le=5)
    give_up_after: int = Field(default=20, ge=1)
    max_listing_pages: int = Field(default=200, ge=1)
    threads: int = Field(default=4, ge=1, le=16)
    publication_bounds: RowBounds = RowBounds()
    min_data_sets: int = Field(default=10, ge=0)
