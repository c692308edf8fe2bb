"""``raw.ees_scrape_api_data_catalog``: the data sets that the website's catalogue marks as available by API."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from ees_analytics.contracts.contract import ContractError
from ees_analytics.contracts.raw.ees_scrape_api_data_catalog import CONTRACT
from ees_analytics.parameters.website import PUBLIC_SITE, WebsiteSettings
from ees_analytics.pipelines.ingest.nodes.snapshot_changes import report_changes
from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import NotRecorded, SourceUnavailable
from ees_analytics.sources.website.data_catalogue_pages import (
    ApiIds,
    ListedDataSet,
    listing_address,
    read_api_ids,
    read_catalogue_page,
)
from ees_analytics.sources.website.reading import Website, read_listing, read_pages

logger = logging.getLogger(__name__)

_IDS = ("api_dataset_id", "publication_id")


def load_data_catalogue(website: Website, state: TableState, settings: WebsiteSettings) -> pa.Table:
    """Make all rows of ``raw.ees_scrape_api_data_catalog``, and log each change by name.

    Args:
        website: The website's pages.
        state: The table as it is.
        settings: How the website is read, and what is refused.

    Returns:
        A row per data set; the present rows where the recorded pages have no catalogue.

    Raises:
        SourceError: The website could not be read in full; the table stays as it is.
        ContractError: There are too few data sets; the table stays as it is.
    """
    previous = state.rows()
    before = {row["dataset_id"]: row for row in previous.to_pylist()}
    try:
        listed = read_listing(website, listing_address, read_catalogue_page, settings)
    except NotRecorded as error:
        logger.warning("%s: %s The table stays as it is.", CONTRACT.name, error)
        return previous
    if len(listed) < settings.min_data_sets:
        raise ContractError(
            f"{CONTRACT.name}: the website lists {len(listed)} API data sets, fewer than website.min_data_sets = "
            f"{settings.min_data_sets}. Nothing was written; look at {PUBLIC_SITE}/{listing_address(1)}"
        )
    addresses = {name: f"data-catalogue/data-set/{name}" for name in sorted(listed)}
    pages = read_pages(website, addresses, read_api_ids, settings)
    after = {name: _row(listed[name], page, before.get(name)) for name, page in pages.items()}
    report_changes(CONTRACT.name, before, after, "dataset_name")
    return pa.Table.from_pylist(list(after.values()), schema=CONTRACT.empty().schema)


def _row(entry: ListedDataSet, page: ApiIds | SourceError, known: Mapping[str, Any] | None) -> dict[str, Any]:
    link = f"{PUBLIC_SITE}/data-catalogue/data-set/{entry.dataset_id}"
    ids = asdict(page) if isinstance(page, ApiIds) else _known_ids(entry, page, known)
    values = {**asdict(entry), **ids, "link": link}
    return {name: values[name] for name in CONTRACT.column_names}


def _known_ids(
    entry: ListedDataSet, error: SourceError, known: Mapping[str, Any] | None
) -> Mapping[str, str | None]:
    """The ids of the last run where a data set's page could not be read; empty where it never was.

    Raises:
        SourceError: The website refuses the page, or did not respond about a new data set.
    """
    if isinstance(error, SourceStop) or (isinstance(error, SourceUnavailable) and known is None):
        raise error
    logger.warning(
        "%s: the page of %s has no ids (%s): %s",
        CONTRACT.name, entry.dataset_name, error,
        "those of the last run stay" if known else "they are empty until it has",
    )  # fmt: skip
    return {name: known[name] if known else None for name in _IDS}
