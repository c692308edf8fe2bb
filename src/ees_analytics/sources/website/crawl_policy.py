"""``CrawlPolicy``: how requests are sent to the website."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from ees_analytics.parameters.model import Parameters


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
