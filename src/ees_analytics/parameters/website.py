"""How the website is read, and the hand-kept rules about its publications (`conf/*/parameters_*.yml`)."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from ees_analytics.parameters.model import Parameters

PUBLIC_SITE = "https://explore-education-statistics.service.gov.uk"
"""The website's public address, whatever address its pages are read from."""


class PublicationRules(Parameters):
    """The hand-kept part of the table of publications (key ``publications``)."""

    manual: dict[str, str] = Field({}, description="Slug to title, where a slug has no page of its own.")
    superseded_titles: list[tuple[str, str]] = Field([], description="(slug, old title) pairs to leave out.")
    ignored_titles: list[str] = Field([], description="Titles that do not belong to a publication.")


class RowBounds(Parameters):
    """By how much a table that is replaced whole may grow or shrink in one run, in percent of its rows."""

    max_growth_percent: NonNegativeFloat = 10
    max_loss_percent: float = Field(default=5, ge=0, le=100)


class CrawlPolicy(Parameters):
    """How requests are sent to a website."""

    RENAMED: ClassVar[Mapping[str, str]] = {
        "timeout": "timeout_seconds",
        "max_retry_after": "max_retry_after_seconds",
    }

    user_agent: str = "ees-analytics (usage reporting of Explore education statistics)"
    max_concurrent: PositiveInt = Field(2, description="Requests at once.")
    pause_seconds: NonNegativeFloat = Field(0.2, description="From the start of one request to the next.")
    timeout_seconds: PositiveFloat = Field(30, description="How long a request waits for the next bytes.")
    retries: NonNegativeInt = Field(4, description="Repeats of a request after a failure that may pass.")
    backoff_seconds: NonNegativeFloat = Field(1, description="Wait before a repeat; it doubles each time.")
    max_retry_after_seconds: NonNegativeFloat = Field(120, description="Give up when asked to wait longer.")
    max_page_seconds: PositiveFloat = Field(120, description="The most time of one page, head and body.")
    max_page_bytes: PositiveInt = Field(10_000_000, description="The most of one page, packed or not.")
    max_redirects: NonNegativeInt = Field(5, description="Redirects followed for one page.")
    gzip: bool = Field(True, description="Request packed pages.")


class WebsiteSettings(Parameters):
    """How listings and pages are read (key ``website``)."""

    listing_attempts: int = Field(3, ge=1, le=10, description="Reads of a listing that contradicts itself.")
    listing_pause_seconds: float = Field(2, ge=0, le=60, description="The pause before it is read again.")
    page_attempts: int = Field(2, ge=1, le=5, description="How often a missing page is requested.")
    give_up_after: PositiveInt = Field(20, description="Unanswered pages in a row that end a crawl.")
    max_listing_pages: PositiveInt = Field(200, description="A listing that states more pages is refused.")
    threads: int = Field(4, ge=1, le=16, description="Pages that a node asks the dataset for at once.")
    publication_bounds: RowBounds = Field(RowBounds(), description="Those of the table of publications.")
    max_contradicted_percent: float = Field(
        5, ge=0, le=100, description="More titles that differ are refused."
    )
    min_data_sets: NonNegativeInt = Field(10, description="Fewer API data sets than this are refused.")
