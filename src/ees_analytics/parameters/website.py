"""How the website is read, and the hand-kept rules about its publications (`conf/*/parameters_*.yml`)."""

from __future__ import annotations

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
