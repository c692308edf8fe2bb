"""``raw.ees_pub_pages``: the page of each publication."""

from __future__ import annotations

import logging
from dataclasses import asdict

import pyarrow as pa

from ees_analytics.contracts.raw.ees_pub_pages import CONTRACT
from ees_analytics.pipelines.ingest.nodes.publications import PublicationVisit
from ees_analytics.slices.errors import SourceError
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import PageMissing
from ees_analytics.sources.website.publication_pages import PublicationPage

logger = logging.getLogger(__name__)


def load_publication_pages(visit: PublicationVisit, state: TableState) -> pa.Table:
    """Make all rows of ``raw.ees_pub_pages``: slug, title, words and images of each page.

    A page that could not be read keeps its row; a slug whose page is missing has none.

    Args:
        visit: What the website showed.
        state: The table as it is.

    Raises:
        SourceError: No page could be read and none is known; the table stays as it is.
    """
    before = {row["slug"]: row for row in state.rows().to_pylist()}
    pages = visit.pages.items()
    read = {slug: {"slug": slug, **asdict(page)} for slug, page in pages if isinstance(page, PublicationPage)}
    failed = {
        slug: error
        for slug, error in pages
        if isinstance(error, SourceError) and not isinstance(error, PageMissing)
    }
    kept = {slug: before[slug] for slug in failed if slug in before}
    for slug, error in sorted(failed.items()):
        consequence = "its last known counts stay" if slug in kept else "no counts of it are known"
        logger.warning("%s: %s: %s (%s)", CONTRACT.name, slug, consequence, error)
    if failed and not read and not kept:
        raise SourceError(
            f"{CONTRACT.name}: none of {len(failed)} page(s) could be read. Nothing was written; run again. "
            f"The first reason: {next(iter(failed.values()))}"
        )
    rows = [row for _, row in sorted({**read, **kept}.items())]
    return pa.Table.from_pylist(rows, schema=CONTRACT.empty().schema)
