"""``app.ees_avg_readtime``: how long a publication's page takes to read."""

import logging
from collections.abc import Iterable, Mapping

import pyarrow as pa
from pyspark.sql import DataFrame

from ees_analytics.contracts.app.ees_avg_readtime import CONTRACT
from ees_analytics.parameters.website import WebsiteSettings
from ees_analytics.slices.errors import SourceError
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import PageMissing
from ees_analytics.sources.website.reading import Website, read_pages
from ees_analytics.sources.website.reading_time import read_seconds
from ees_analytics.transforms.publication import publication_titles

logger = logging.getLogger(__name__)


def ees_avg_readtime(
    ees_pub_scrape: DataFrame, website: Website, state: TableState, settings: WebsiteSettings
) -> pa.Table:
    """One row is a publication with the seconds that its page takes to read, of several pages the longest.

    Args:
        ees_pub_scrape: The publications by slug.
        website: The website's pages; they are fetched here, a few at once.
        state: This table as it is: a page that cannot be read keeps its time.
        settings: How the website is read.

    Raises:
        SourceError: No page could be read, and no time is known.
    """
    known = publication_titles(ees_pub_scrape).toArrow()
    titles = dict(zip(known["slug"].to_pylist(), known["publication"].to_pylist(), strict=True))
    addresses = {slug: f"find-statistics/{slug}" for slug in titles}
    pages = {slug: address for slug, address in addresses.items() if address in website}
    outcomes = read_pages(website, pages, read_seconds, settings, stop_on=())
    previous = state.rows()
    before = dict(zip(previous["slug"].to_pylist(), previous["avg_read_time"].to_pylist(), strict=True))
    return _longest_of_each_title(titles, _seconds(outcomes, before))


def _seconds(outcomes: Mapping[str, float | SourceError], before: Mapping[str, float]) -> dict[str, float]:
    """The seconds of each slug: as read, or as last known where the page failed; none where there is no page."""
    read = {slug: outcome for slug, outcome in outcomes.items() if isinstance(outcome, float)}
    failed = {
        slug: outcome
        for slug, outcome in outcomes.items()
        if isinstance(outcome, SourceError) and not isinstance(outcome, PageMissing)
    }
    kept = {slug: before[slug] for slug in failed if slug in before}
    for slug, error in sorted(failed.items()):
        consequence = "its last known time stays" if slug in kept else "no time of it is known"
        logger.warning("%s: %s: %s (%s)", CONTRACT.name, slug, consequence, error)
    if failed and not read and not kept:
        raise SourceError(
            f"{CONTRACT.name}: none of {len(failed)} page(s) could be read. Nothing was written; run again. "
            f"The first reason: {next(iter(failed.values()))}"
        )
    return {**read, **kept}


def _longest_of_each_title(titles: Mapping[str, str], seconds: Mapping[str, float]) -> pa.Table:
    longest: dict[str, str] = {}
    for slug in _longest_first(seconds):
        longest.setdefault(titles[slug], slug)
    rows = [{"slug": slug, "avg_read_time": seconds[slug], "title": title} for title, slug in longest.items()]
    return pa.Table.from_pylist(rows, schema=CONTRACT.arrow_schema.remove_metadata())


def _longest_first(seconds: Mapping[str, float]) -> Iterable[str]:
    return sorted(seconds, key=lambda slug: (-seconds[slug], slug))
