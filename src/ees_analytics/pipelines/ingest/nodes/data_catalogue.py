"""``raw.ees_scrape_api_data_catalog``: the data sets that the website's catalogue marks as available by API."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from ees_analytics.contracts.contract import ContractError
from ees_analytics.contracts.raw.ees_scrape_api_data_catalog import CONTRACT
from ees_analytics.contracts.validator import check
from ees_analytics.parameters.website import PUBLIC_SITE, WebsiteSettings
from ees_analytics.pipelines.ingest.nodes.snapshot_changes import report_changes
from ees_analytics.slices.errors import SourceError, SourceStop
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import NotRecorded, SourceUnavailable
from ees_analytics.sources.website.data_catalogue_pages import (
    ApiIds,
    ListedDataSet,
    read_api_ids,
    read_catalogue_page,
)
from ees_analytics.sources.website.reading import Website, read_listing, read_pages

logger = logging.getLogger(__name__)

_IDS = ("api_dataset_id", "publication_id")


def load_data_catalogue(website: Website, state: TableState, settings: WebsiteSettings) -> pa.Table:
    """Make the whole catalogue of API data sets anew: what is new, changed and gone is told by name.

    Args:
        website: The website's pages.
        state: ``raw.ees_scrape_api_data_catalog`` as it is.
        settings: How the website is read, and what is refused.

    Returns:
        The table's new rows; the old ones where the recorded pages have no catalogue.

    Raises:
        SourceError: The website did not tell all; the table stays as it is.
        ContractError: The rows do not pass the checks; the table stays as it is.
    """
    previous = state.rows()
    before = {row["dataset_id"]: row for row in previous.to_pylist()}
    try:
        listed = read_listing(website, _listing_address, read_catalogue_page, settings)
    except NotRecorded as error:
        logger.warning("%s: %s The table stays as it is.", CONTRACT.name, error)
        return previous
    if len(listed) < settings.min_data_sets:
        raise ContractError(
            f"{CONTRACT.name}: the website lists {len(listed)} API data sets, fewer than website.min_data_sets = "
            f"{settings.min_data_sets}. Nothing was written; look at {PUBLIC_SITE}/{_listing_address(1)}"
        )
    ids = _api_ids(website, listed, before, settings)
    after = {name: _row(entry, ids[name]) for name, entry in sorted(listed.items())}
    rows = check(pa.Table.from_pylist(list(after.values()), schema=CONTRACT.empty().schema), CONTRACT)
    report_changes(CONTRACT.name, before, after, "dataset_name")
    return rows


def _listing_address(page: int) -> str:
    return f"data-catalogue?dataSetType=api&sortBy=newest&page={page}"


def _row(entry: ListedDataSet, ids: Mapping[str, str | None]) -> dict[str, Any]:
    link = f"{PUBLIC_SITE}/data-catalogue/data-set/{entry.dataset_id}"
    values = {**asdict(entry), **ids, "link": link}
    return {name: values[name] for name in CONTRACT.column_names}


def _api_ids(
    website: Website,
    listed: Mapping[str, ListedDataSet],
    before: Mapping[str, Mapping[str, Any]],
    settings: WebsiteSettings,
) -> dict[str, Mapping[str, str | None]]:
    """The API's ids of each data set; where its page tells none, those that were known, else nothing."""
    outcomes = read_pages(
        website,
        {name: f"data-catalogue/data-set/{name}" for name in listed},
        read_api_ids,
        settings,
    )
    return {
        name: _ids_or_known(listed[name], outcome, before.get(name)) for name, outcome in outcomes.items()
    }


def _ids_or_known(
    entry: ListedDataSet, outcome: ApiIds | SourceError, known: Mapping[str, Any] | None
) -> Mapping[str, str | None]:
    if isinstance(outcome, ApiIds):
        return asdict(outcome)
    if isinstance(outcome, SourceStop) or (isinstance(outcome, SourceUnavailable) and known is None):
        raise outcome
    logger.warning(
        "%s: the page of %s tells no ids (%s): %s",
        CONTRACT.name,
        entry.dataset_name,
        outcome,
        "those of the last run stay" if known else "they are empty until it does",
    )
    return {name: known[name] if known else None for name in _IDS}
