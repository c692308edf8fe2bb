"""``raw.ees_pub_scrape``: the publications that the website lists, with old and hand-kept ones beside them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from ees_analytics.contracts.arrow import as_arrow
from ees_analytics.contracts.contract import ContractError
from ees_analytics.contracts.raw.ees_pub_scrape import CONTRACT
from ees_analytics.contracts.validator import check
from ees_analytics.parameters.website import PublicationRules, RowBounds, WebsiteSettings
from ees_analytics.pipelines.ingest.nodes.snapshot_changes import report_changes
from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import PageMissing, SourceUnavailable
from ees_analytics.sources.website.publication_pages import (
    combine_publications,
    legacy_publications,
    read_listing_page,
    read_title,
)
from ees_analytics.sources.website.reading import Website, read_listing, read_pages

logger = logging.getLogger(__name__)


def load_publications(
    website: Website,
    legacy_pages: Any,
    state: TableState,
    rules: PublicationRules,
    settings: WebsiteSettings,
) -> pa.Table:
    """Make the whole table of publications anew.

    Args:
        website: The website's pages.
        legacy_pages: ``raw.ees_legacy_scrape``: url and heading of pages scraped long ago.
        state: ``raw.ees_pub_scrape`` as it is.
        rules: Hand-kept rows, and titles to leave out.
        settings: How the website is read, and what is refused.

    Returns:
        The table's new rows.

    Raises:
        SourceError: The website did not tell all; the table stays as it is.
        ContractError: The rows do not pass the checks; the table stays as it is.
    """
    listed = read_listing(website, lambda page: f"find-statistics?page={page}", read_listing_page, settings)
    legacy = legacy_publications(_url_and_heading(as_arrow(legacy_pages)))
    previous = state.rows()
    before = dict(zip(previous["slug"].to_pylist(), previous["title"].to_pylist(), strict=True))
    known_elsewhere = {*rules.manual, *(slug for slug, _ in legacy)}
    titles = _titles(website, listed, before, known_elsewhere, settings)
    pairs = combine_publications(titles.items(), legacy, rules)
    _check_pairs(pairs, listed, len(before), settings.publication_bounds)
    rows = pa.table(
        {"slug": [slug for slug, _ in pairs], "title": [title for _, title in pairs]},
        schema=CONTRACT.arrow_schema.remove_metadata(),
    )
    report_changes(CONTRACT.name, _by_slug(before.items()), _by_slug(pairs), "title")
    return check(rows, CONTRACT)


def _url_and_heading(pages: pa.Table) -> Iterable[tuple[str | None, str | None]]:
    return zip(pages["url"].to_pylist(), pages["heading"].to_pylist(), strict=True)


def _by_slug(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, str]]:
    return {slug: {"title": title} for slug, title in pairs}


def _titles(
    website: Website,
    listed: Iterable[str],
    before: Mapping[str, str],
    known_elsewhere: set[str],
    settings: WebsiteSettings,
) -> dict[str, str]:
    """The title of each listed slug; a page that is missing keeps the title that is known."""
    outcomes = read_pages(
        website,
        {slug: f"find-statistics/{slug}" for slug in listed},
        read_title,
        settings,
        stop_on=(SourceStop, SourceUnavailable),
    )
    failed = {slug: outcome for slug, outcome in outcomes.items() if isinstance(outcome, SourceError)}
    missing = {slug for slug, error in failed.items() if isinstance(error, PageMissing)}
    kept = {slug: before[slug] for slug in missing if slug in before}
    unknown = missing - kept.keys() - known_elsewhere
    for slug in sorted(missing - unknown):
        logger.warning("%s: %s Its last known title stays.", CONTRACT.name, failed[slug])
    if fatal := [str(failed[slug]) for slug in sorted(failed) if slug not in missing or slug in unknown]:
        raise SourceError(
            f"{CONTRACT.name}: {len(fatal)} listed publication(s) have no title: {'; '.join(fatal[:5])}. "
            "Nothing was written; run again, or give the title by hand in parameters_rules.yml under "
            "publications.manual."
        )
    read = {slug: outcome for slug, outcome in outcomes.items() if isinstance(outcome, str)}
    return {**read, **kept}


def _check_pairs(
    pairs: Sequence[tuple[str, str]], listed: Mapping[str, Any], rows_before: int, bounds: RowBounds
) -> None:
    """Refuse rows that cannot be right, all reasons together."""
    slugs = [slug for slug, _ in pairs]
    if left_out := sorted(listed.keys() - set(slugs)):
        logger.warning(
            "%s: listed, but left out by ignored or superseded titles: %s", CONTRACT.name, left_out
        )
    failures = [
        *_repeated(pairs),
        *_not_more_than_listed(len(pairs), len(listed)),
        *_out_of_bounds(len(pairs), rows_before, bounds),
    ]
    if failures:
        raise ContractError(f"{CONTRACT.name}: {'; '.join(failures)}. Nothing was written.")


def _repeated(pairs: Sequence[tuple[str, str]]) -> list[str]:
    titles: dict[str, list[str]] = {}
    for slug, title in pairs:
        titles.setdefault(slug, []).append(title)
    repeated = {slug: several for slug, several in titles.items() if len(several) > 1}
    if not repeated:
        return []
    return [
        f"{len(repeated)} slug(s) have several titles, {dict(list(repeated.items())[:3])}: name the old (slug, title) "
        "in parameters_rules.yml under publications.superseded_titles"
    ]


def _not_more_than_listed(rows: int, listed: int) -> list[str]:
    if rows > listed:
        return []
    return [
        f"{rows} row(s), not more than the {listed} that the website lists: the old publications "
        "(ees_legacy_scrape, publications.manual) are missing"
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
