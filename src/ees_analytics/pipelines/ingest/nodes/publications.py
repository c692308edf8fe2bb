"""The publications that the website lists, old and hand-kept ones beside them, and the page of each."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from ees_analytics.console.text import values_by_key
from ees_analytics.contracts import contract_for
from ees_analytics.contracts.casting import as_arrow
from ees_analytics.contracts.contract import ContractError
from ees_analytics.parameters.website import PublicationRules, RowBounds, WebsiteSettings
from ees_analytics.pipelines.ingest.nodes.snapshot_changes import report_changes
from ees_analytics.slices.errors import SourceError
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import ContradictedTitle, PageMissing
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

PAGES = contract_for("raw.ees_pub_pages")
CONTRACT = contract_for("raw.ees_pub_scrape")

logger = logging.getLogger(__name__)

Pages = Mapping[str, PublicationPage | SourceError]
"""Slug to the publication's page, or to the reason why it could not be read."""


@dataclass(frozen=True)
class PublicationVisit:
    """What one visit to the website found: the listed slugs, and the page of every listed, old and hand-kept slug.

    ``legacy`` has (slug, title) of pages that were scraped before this project.
    """

    listed: frozenset[str]
    legacy: Sequence[tuple[str, str]]
    pages: Pages


def visit_publications(
    website: Website,
    legacy_pages: Any,
    rules: PublicationRules,
    settings: WebsiteSettings,
    state: TableState | None = None,
) -> PublicationVisit:
    """Read the listing, then once the page of each publication: listed, old, hand-kept, or in the table (``state``) so far.

    ``legacy_pages`` is ``raw.ees_legacy_scrape``: url and heading of pages scraped before this project.

    Raises:
        SourceError: The listing could not be read.
    """
    listed = read_listing(website, listing_address, read_listing_page, settings)
    rows = as_arrow(legacy_pages)
    legacy = legacy_publications(zip(rows["url"].to_pylist(), rows["heading"].to_pylist(), strict=True))
    before = [(row["slug"], row["title"]) for row in state.rows().to_pylist()] if state else []
    slugs = dict.fromkeys([*listed, *(slug for slug, _ in combine_publications(before, legacy, rules))])
    addresses = {slug: f"find-statistics/{slug}" for slug in slugs}
    askable = {slug: address for slug, address in addresses.items() if address in website}
    if unreadable := sorted(addresses.keys() - askable.keys()):
        text = "%s: the pages of these old slugs are not read, because they are not addresses: %s"
        logger.warning(text, PAGES.name, unreadable)
    pages = read_pages(website, askable, read_publication_page, settings)
    compared = {slug: _compared(slug, page, listed.get(slug, "")) for slug, page in pages.items()}
    return PublicationVisit(frozenset(listed), legacy, compared)


def _compared(slug: str, page: PublicationPage | SourceError, link: str) -> PublicationPage | SourceError:
    """The page, unless its title contradicts the text of its link in the listing."""
    if isinstance(page, SourceError) or not contradicts(page.title, link):
        return page
    return ContradictedTitle(
        f"find-statistics/{slug}: the title of the page is {page.title!r}, the listing calls it {link!r}. "
        "It may be an error page."
    )


def load_publications(
    visit: PublicationVisit, state: TableState, rules: PublicationRules, settings: WebsiteSettings
) -> pa.Table:
    """Make all rows of ``raw.ees_pub_scrape``: slug and title.

    Raises:
        SourceError: A listed publication has no title; the table stays as it is.
        ContractError: The rows cannot be right; the table stays as it is.
    """
    before = {row["slug"]: row for row in state.rows().to_pylist()}
    known = {slug: row["title"] for slug, row in before.items()}
    titles = _listed_titles(visit, known, rules, settings)
    found = combine_publications(titles.items(), visit.legacy, rules)
    no_longer = known.keys() - dict(found).keys() - visit.listed
    pairs = combine_publications([*found, *((slug, known[slug]) for slug in no_longer)], (), rules)
    if kept := ", ".join(f"{title} ({slug})" for slug, title in pairs if slug in no_longer):
        logger.warning(
            "%s: no longer listed, perhaps renamed or archived; the titles stay as they were before: %s. If one has a new "
            "address, see docs/how-to/rename-of-a-publication.md.", CONTRACT.name, kept,
        )  # fmt: skip
    if left_out := sorted(visit.listed - dict(pairs).keys()):
        logger.warning(
            "%s: listed, but left out by ignored or superseded titles: %s", CONTRACT.name, left_out
        )
    if faults := list(
        _faults(pairs, len(found), len(visit.listed), len(before), settings.publication_bounds)
    ):
        raise ContractError(f"{CONTRACT.name}: {'; '.join(faults)}. Nothing was written.")
    after = {slug: {"slug": slug, "title": title} for slug, title in pairs}
    report_changes(CONTRACT.name, before, after, "title")
    return pa.Table.from_pylist(list(after.values()), schema=CONTRACT.empty().schema)


def load_publication_pages(visit: PublicationVisit, state: TableState) -> pa.Table:
    """Make all rows of ``raw.ees_pub_pages``: slug, title, words and images of each page.

    A page that could not be read keeps its row; a slug whose page is missing has none.

    Raises:
        SourceError: No page could be read and none is known; the table stays as it is.
    """
    before = {row["slug"]: row for row in state.rows().to_pylist()}
    pages = visit.pages.items()
    read = {slug: {"slug": slug, **asdict(page)} for slug, page in pages if isinstance(page, PublicationPage)}
    failed = {slug: error for slug, error in pages if slug not in read and not isinstance(error, PageMissing)}
    kept = {slug: before[slug] for slug in failed if slug in before}
    for slug, error in sorted(failed.items()):
        consequence = "its last known counts stay" if slug in kept else "no counts of it are known"
        logger.warning("%s: %s: %s (%s)", PAGES.name, slug, consequence, error)
    if failed and not read and not kept:
        raise SourceError(
            f"{PAGES.name}: none of {len(failed)} page(s) could be read. Nothing was written; run again. "
            f"The first reason: {next(iter(failed.values()))}"
        )
    rows = [row for _, row in sorted({**read, **kept}.items())]
    return pa.Table.from_pylist(rows, schema=PAGES.empty().schema)


def _listed_titles(
    visit: PublicationVisit, before: Mapping[str, str], rules: PublicationRules, settings: WebsiteSettings
) -> dict[str, str]:
    """The title of each listed slug; a page that is missing, or has another title than its link, keeps its last one."""
    listed = {slug: visit.pages[slug] for slug in visit.listed}
    failed = {slug: page for slug, page in listed.items() if isinstance(page, SourceError)}
    contradicted = {slug for slug, error in failed.items() if isinstance(error, ContradictedTitle)}
    missing = {slug for slug, error in failed.items() if isinstance(error, PageMissing)}
    known = (missing | contradicted) & {*before, *rules.manual, *(slug for slug, _ in visit.legacy)}
    accepted = known | contradicted
    if len(contradicted) * 100 > settings.max_contradicted_percent * len(listed):
        accepted = known - contradicted
    for slug in sorted(accepted):
        consequence = "Its last known title stays." if slug in known else "It is left out."
        logger.warning("%s: %s %s", CONTRACT.name, failed[slug], consequence)
    if fatal := [str(failed[slug]) for slug in sorted(failed.keys() - accepted)]:
        raise SourceError(
            f"{CONTRACT.name}: {len(fatal)} listed publication(s) have no title: {'; '.join(fatal[:5])}. "
            "Nothing was written; run again, or give the title by hand in parameters_rules.yml under "
            "publications.manual."
        )
    read = {slug: page.title for slug, page in listed.items() if isinstance(page, PublicationPage)}
    return read | {slug: before[slug] for slug in known if slug in before}


def _faults(
    pairs: Sequence[tuple[str, str]], found: int, listed: int, rows_before: int, bounds: RowBounds
) -> Iterator[str]:
    """Why the rows cannot be right, a phrase for each reason; ``found`` is their number without those kept from before."""
    repeated = {slug: titles for slug, titles in values_by_key(pairs).items() if len(titles) > 1}
    if repeated:
        yield (
            f"{len(repeated)} slug(s) have several titles, {dict(list(repeated.items())[:3])}: name the old "
            "(slug, title) in parameters_rules.yml under publications.superseded_titles"
        )
    rows = len(pairs)
    if rows <= listed:
        yield (
            f"{rows} row(s), not more than the {listed} that the website lists: the old publications "
            "(ees_legacy_scrape, publications.manual) are missing"
        )
    changes = {
        "max_growth_percent": (rows, rows * 100 > rows_before * (100 + bounds.max_growth_percent)),
        "max_loss_percent": (found, found * 100 < rows_before * (100 - bounds.max_loss_percent)),
    }
    for name, (number, is_beyond) in changes.items():
        if rows_before and is_beyond:
            yield (
                f"{number} row(s) where {rows_before} were before, a change beyond website.publication_bounds.{name} = "
                f"{getattr(bounds, name):g}: if the website really changed so much, raise it for one run, or keep old "
                "publications for good under publications.manual in parameters_rules.yml"
            )
