"""The data catalogue in the sample's website: the listing of API data sets, and each data set's page."""

from __future__ import annotations

import datetime as dt
import json
from html import escape
from pathlib import Path
from typing import Any

from .world import DataSet, World

ITEMS_A_PAGE = 10


def write(world: World, out: Path) -> None:
    """Write ``website/data-catalogue/_page_<n>.html`` and ``website/data-catalogue/data-set/<id>.html``."""
    folder = out / "website" / "data-catalogue"
    (folder / "data-set").mkdir(parents=True, exist_ok=True)
    found = listed(world)
    pages = [found[start : start + ITEMS_A_PAGE] for start in range(0, len(found), ITEMS_A_PAGE)]
    for number, some in enumerate(pages, start=1):
        text = listing_page(world, some, number, len(pages), len(found))
        (folder / f"_page_{number}.html").write_bytes(text.encode())
    for each in found:
        (folder / "data-set" / f"{each.identifier}.html").write_bytes(data_set_page(world, each).encode())


def listed(world: World) -> list[DataSet]:
    """The data sets that the public API offers, newest first."""
    offered = [each for each in world.data_sets if each.api_identifier]
    return sorted(offered, key=lambda each: (-each.published.toordinal(), each.identifier))


def last_updated(world: World, data_set: DataSet) -> dt.date:
    """The day of a data set's last update: most are never updated."""
    chance = world.random("updated", data_set.identifier)
    days = int(chance.random() * 60) if chance.random() < 0.4 else 0
    return min(data_set.published + dt.timedelta(days=days), world.newest)


def listing_page(world: World, found: list[DataSet], number: int, pages: int, total: int) -> str:
    """One page of ``/data-catalogue?dataSetType=api&sortBy=newest``."""
    items = "\n".join(_item(world, each) for each in found)
    query = "dataSetType=api&amp;sortBy=newest"
    following = (
        f'<a class="govuk-link" href="/data-catalogue?{query}&amp;page={number + 1}">Next</a>'
        if number < pages
        else ""
    )
    return _document(
        "Data catalogue - Explore education statistics - GOV.UK",
        '<h1 class="govuk-heading-xl">Data catalogue</h1>\n'
        f"<h2>{total} data sets</h2>\n<p>{total} data sets, page {number} of {pages}, filtered by: "
        '<span class="govuk-visually-hidden">API data sets only</span></p>\n'
        f'<ul class="govuk-list">\n{items}\n</ul>\n<nav>{following}</nav>',
    )


def data_set_page(world: World, data_set: DataSet) -> str:
    """The page of a data set, with the data from which the service renders it."""
    title = escape(data_set.title)
    return _document(
        f"{title} - Explore education statistics - GOV.UK",
        f'<span class="govuk-caption-xl">Data set from {escape(data_set.publication.title)}</span>\n'
        f'<h1 class="govuk-heading-xl" data-testid="page-title">{title}</h1>\n'
        f"<p>Published {_day(data_set.published)}, last updated {_day(last_updated(world, data_set))}</p>",
        f'<script id="__NEXT_DATA__" type="application/json">{_page_data(data_set)}</script>\n',
    )


def _page_data(data_set: DataSet) -> str:
    publication = data_set.publication
    data: dict[str, Any] = {
        "props": {
            "pageProps": {
                "apiDataSet": {
                    "id": data_set.api_identifier,
                    "title": data_set.title,
                    "status": "Published",
                },
                "dataSetFile": {"id": data_set.identifier, "title": data_set.title},
                "publicationSummary": {
                    "id": publication.identifier,
                    "slug": publication.slug,
                    "title": publication.title,
                },
            }
        },
        "page": "/data-catalogue/data-set/[dataSetFileId]",
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _item(world: World, data_set: DataSet) -> str:
    fields = {
        "Status": '<strong class="govuk-tag">This is the latest data</strong>'
        '<strong class="govuk-tag govuk-tag--grey">Available by API</strong>',
        "Published": f"<time>{_day(data_set.published)}</time>",
        "Last updated": f"<time>{_day(last_updated(world, data_set))}</time>",
        "Release": escape(data_set.release.label),
    }
    rows = "".join(
        f'<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">{term}</dt>'
        f'<dd class="govuk-summary-list__value">{value}</dd></div>'
        for term, value in fields.items()
    )
    return (
        '<li><h3 class="govuk-heading-m"><a class="govuk-link govuk-link--no-visited-state" '
        f'href="/data-catalogue/data-set/{data_set.identifier}"><span class="govuk-caption-m">'
        f"{escape(data_set.publication.title)}</span><span>{escape(data_set.title)}</span></a></h3>"
        f'<p>A synthetic data set.</p><dl class="govuk-summary-list">{rows}</dl></li>'
    )


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _document(title: str, main: str, data: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title></head>\n<body>\n'
        '<header><a class="govuk-link" href="/find-statistics">Find statistics and data</a>'
        '<a class="govuk-link" href="/data-catalogue">Data catalogue</a></header>\n'
        f"<main>\n{main}\n</main>\n<footer><p>Synthetic sample page</p></footer>\n{data}</body>\n</html>\n"
    )
