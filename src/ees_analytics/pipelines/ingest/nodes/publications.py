"""``raw.ees_pub_scrape``: the publications that the website lists, with old and hand-kept ones beside them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ees_analytics.console.text import values_by_key
from ees_analytics.contracts.arrow import as_arrow
from ees_analytics.contracts.contract import ContractError
from ees_analytics.contracts.raw.ees_pub_scrape import CONTRACT
from ees_analytics.parameters.website import PublicationRules, RowBounds, WebsiteSettings
from ees_analytics.pipelines.ingest.nodes.snapshot_changes import report_changes
from ees_analytics.slices.errors import SourceError
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import MalformedResponse, PageMissing
from ees_analytics.sources.website.publication_pages import (
    PublicationPage,
    combine_publications,
    contradicts,
    legacy_publications,
    listing_address,
    read_listing_page,
    read_publication_page,
)
from ees_analytics.sources.website.reading import Website, read_listing, read_pages

logger = logging.getLogger(__name__)

Pages = Mapping[str, PublicationPage | SourceError]
"""Slug to the publication's page, or to the reason why it could not be read."""


@dataclass(frozen=True)
class PublicationVisit:
    """What one visit to the website found about its publications.

    Attributes:
        listed: The slugs that the website lists.
        legacy: (slug, title) of pages that were scraped before this project.
        pages: The page of every listed, old and hand-kept slug.
    """

    listed: frozenset[str]
    legacy: Sequence[tuple[str, str]]
    pages: Pages


def visit_publications(
    website: Website, legacy_pages: Any, rules: PublicationRules, settings: WebsiteSettings
) -> PublicationVisit:
    """Read the listing, then the page of each publication once.

    Args:
        website: The website's pages.
        legacy_pages: ``raw.ees_legacy_scrape``: url and heading of pages scraped before this project.
        rules: Hand-kept publications, and titles to leave out.
        settings: How the website is read.

    Raises:
        SourceError: The listing could not be read.
    """
    listed = read_listing(website, listing_address, read_listing_page, settings)
    rows = as_arrow(legacy_pages)
    legacy = legacy_publications(zip(rows["url"].to_pylist(), rows["heading"].to_pylist(), strict=True))
    slugs = dict.fromkeys([*listed, *(slug for slug, _ in combine_publications((), legacy, rules))])
    addresses = {slug: f"find-statistics/{slug}" for slug in slugs}
    askable = {slug: address for slug, address in addresses.items() if address in website}
    pages = read_pages(website, askable, read_publication_page, settings)
    compared = {slug: _compared(slug, page, listed.get(slug, "")) for slug, page in pages.items()}
    return PublicationVisit(frozenset(listed), legacy, compared)


def _compared(slug: str, page: PublicationPage | SourceError, link: str) -> PublicationPage | SourceError:
    """The page, unless its title contradicts the text of its link in the listing."""
    if isinstance(page, SourceError) or not contradicts(page.title, link):
        return page
    return MalformedResponse(
        f"find-statistics/{slug}: the title of the page is {page.title!r}, the listing calls it {link!r}. "
        "It may be an error page."
    )


def load_publications(
    visit: PublicationVisit, state: TableState, rules: PublicationRules, settings: WebsiteSettings
) -> pa.Table:
    """Make all rows of ``raw.ees_pub_scrape``: slug and title.

    Args:
        visit: What the website showed.
        state: The table as it is.
        rules: Hand-kept rows, and titles to leave out.
        settings: By how much the table may change.

    Raises:
        SourceError: A listed publication has no title; the table stays as it is.
        ContractError: The rows cannot be right; the table stays as it is.
    """
    previous = state.rows()
    before = dict(zip(previous["slug"].to_pylist(), previous["title"].to_pylist(), strict=True))
    titles = _listed_titles(visit, before, rules)
    pairs = combine_publications(titles.items(), visit.legacy, rules)
    _check_pairs(pairs, visit.listed, len(before), settings.publication_bounds)
    report_changes(CONTRACT.name, _by_slug(before.items()), _by_slug(pairs), "title")
    columns = {"slug": [slug for slug, _ in pairs], "title": [title for _, title in pairs]}
    return pa.table(columns, schema=CONTRACT.empty().schema)


def _by_slug(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, str]]:
    return {slug: {"title": title} for slug, title in pairs}


def _listed_titles(
    visit: PublicationVisit, before: Mapping[str, str], rules: PublicationRules
) -> dict[str, str]:
    """The title of each listed slug; a page that is missing keeps the title that is known."""
    listed = {slug: visit.pages[slug] for slug in visit.listed}
    failed = {slug: page for slug, page in listed.items() if isinstance(page, SourceError)}
    missing = {slug for slug, error in failed.items() if isinstance(error, PageMissing)}
    known = missing & {*before, *rules.manual, *(slug for slug, _ in visit.legacy)}
    for slug in sorted(known):
        logger.warning("%s: %s Its last known title stays.", CONTRACT.name, failed[slug])
    if fatal := [str(failed[slug]) for slug in sorted(failed.keys() - known)]:
        raise SourceError(
            f"{CONTRACT.name}: {len(fatal)} listed publication(s) have no title: {'; '.join(fatal[:5])}. "
            "Nothing was written; run again, or give the title by hand in parameters_rules.yml under "
            "publications.manual."
        )
    read = {slug: page.title for slug, page in listed.items() if isinstance(page, PublicationPage)}
    return read | {slug: before[slug] for slug in known if slug in before}


def _check_pairs(
    pairs: Sequence[tuple[str, str]], listed: frozenset[str], rows_before: int, bounds: RowBounds
) -> None:
    """Refuse rows that cannot be right, with all reasons together."""
    if left_out := sorted(listed - {slug for slug, _ in pairs}):
        logger.warning(
            "%s: listed, but left out by ignored or superseded titles: %s", CONTRACT.name, left_out
        )
    failures = [*_repeated(pairs), *_out_of_bounds(len(pairs), rows_before, bounds)]
    if len(pairs) <= len(listed):
        failures.append(
            f"{len(pairs)} row(s), not more than the {len(listed)} that the website lists: the old publications "
            "(ees_legacy_scrape, publications.manual) are missing"
        )
    if failures:
        raise ContractError(f"{CONTRACT.name}: {'; '.join(failures)}. Nothing was written.")


def _repeated(pairs: Sequence[tuple[str, str]]) -> list[str]:
    repeated = {slug: titles for slug, titles in values_by_key(pairs).items() if len(titles) > 1}
    if not repeated:
        return []
    return [
        f"{len(repeated)} slug(s) have several titles, {dict(list(repeated.items())[:3])}: name the old (slug, title) "
        "in parameters_rules.yml under publications.superseded_titles"
    ]


def _out_of_bounds(rows: int, before: int, bounds: RowBounds) -> list[str]:
    if before == 0:
        return []
    grown = rows * 100 > before * (100 + bounds.max_growth_percent)
    shrunk = rows * 100 < before * (100 - bounds.max_loss_percent)
    if not grown and not shrunk:
        return []
    name = "max_growth_percent" if grown else "max_loss_percent"
    return [
        f"{rows} row(s) where {before} were before, a change beyond website.publication_bounds.{name} = "
        f"{getattr(bounds, name):g}: when the website really changed so much, raise it for one run"
    ]
