"""``raw.ees_scrape_api_data_catalog``: the data sets that the website's catalogue marks as available by API."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import pyarrow as pa

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.contract import ContractError
from ees_analytics.parameters.website import PUBLIC_SITE, WebsiteSettings
from ees_analytics.pipelines.ingest.nodes.snapshot_changes import report_changes
from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import NotRecorded, SourceUnavailable
from ees_analytics.sources.website.data_catalogue_pages import (
    ApiIds,
    listing_address,
    read_api_ids,
    read_catalogue_page,
)
from ees_analytics.sources.website.reading import Website, read_listing, read_pages

CONTRACT = contract_for("raw.ees_scrape_api_data_catalog")

logger = logging.getLogger(__name__)


def load_data_catalogue(website: Website, state: TableState, settings: WebsiteSettings) -> pa.Table:
    """All rows of ``raw.ees_scrape_api_data_catalog``, one per data set; the present ones where no catalogue is recorded.

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
    after = {
        name: {
            **asdict(listed[name]),
            **_ids(listed[name].dataset_name, page, before.get(name)),
            "link": f"{PUBLIC_SITE}/{addresses[name]}",
        }
        for name, page in pages.items()
    }
    report_changes(CONTRACT.name, before, after, "dataset_name")
    return pa.Table.from_pylist(list(after.values()), schema=CONTRACT.empty().schema)


def _ids(data_set: str, page: ApiIds | SourceError, known: Mapping[str, Any] | None) -> dict[str, str | None]:
    """The ids in a page, else those of the last run; raises where access is refused, or a new page had no response."""
    if isinstance(page, ApiIds):
        return asdict(page)
    if isinstance(page, SourceStop) or (isinstance(page, SourceUnavailable) and known is None):
        raise page
    consequence = "those of the last run stay" if known else "they are empty until it has"
    logger.warning("%s: the page of %s has no ids (%s): %s", CONTRACT.name, data_set, page, consequence)
    return {field.name: known[field.name] if known else None for field in fields(ApiIds)}
