"""The website's data catalogue: the data sets that the public API offers."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ees_analytics.sources.errors import MalformedResponse
from ees_analytics.sources.website.html_pages import (
    ListingPage,
    linked_id,
    parse_page,
    read_stated,
    squash,
    text_of,
)

_LINK = re.compile(r"^/data-catalogue/data-set/([A-Za-z0-9][A-Za-z0-9_-]{0,127})/?$")
_IN_CAPTION = "ancestor::span[contains(@class, 'govuk-caption')]"
"""The newer layout has the publication above the title, inside the link."""
_HEADINGS = ("h2", "h3", "h4")
_DATE = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3})[a-z]{0,6}\.?,? (\d{4})")

_LACKS_IDS = "is not JSON with props.pageProps.apiDataSet.id and .publicationSummary.id"


@dataclass(frozen=True)
class ListedDataSet:
    """One entry of the catalogue's listing."""

    dataset_id: str
    dataset_name: str
    publication: str
    published: dt.date
    last_updated: dt.date


@dataclass(frozen=True)
class ApiIds:
    """The ids in the public API, from a data set's own page."""

    api_dataset_id: str
    publication_id: str


def listing_address(page: int) -> str:
    """The address of a page of the listing of API data sets, newest first."""
    return f"data-catalogue?dataSetType=api&sortBy=newest&page={page}"


def read_catalogue_page(text: str, what: str) -> ListingPage[ListedDataSet]:
    """Read one page of ``/data-catalogue?dataSetType=api``; a data set is a heading that links to its page.

    Raises:
        MalformedResponse: The number of data sets is not stated, or an entry lacks something.
    """
    root = parse_page(text, what)
    parents = _parents_of_one(root)
    found: dict[str, ListedDataSet] = {}
    for link in root.iter("a"):
        dataset_id = _data_set_id(link)
        is_in_heading = any(True for _ in link.iterancestors(*_HEADINGS))
        if dataset_id and dataset_id not in found and is_in_heading:
            found[dataset_id] = _entry(link, dataset_id, _fields(link, parents), what)
    return ListingPage(found, read_stated(root, what))


def _data_set_id(link: Any) -> str | None:
    dataset_id = linked_id(link, _LINK)
    return dataset_id and dataset_id.lower()


def _entry(link: Any, dataset_id: str, fields: dict[str, str], what: str) -> ListedDataSet:
    name = squash("".join(link.xpath(f".//text()[not({_IN_CAPTION})]")))
    publication = squash("".join(link.xpath(f".//text()[{_IN_CAPTION}]"))) or fields.get("publication")
    published, updated = parse_date(fields.get("published")), parse_date(fields.get("last updated"))
    if name and publication and published and updated:
        return ListedDataSet(dataset_id, name, publication, published, updated)
    found = {"title": name, "publication": publication, "Published": published, "Last updated": updated}
    missing = [label for label, value in found.items() if not value]
    raise MalformedResponse(
        f"{what}: the data set {dataset_id} is listed without {missing}. The website's layout may have "
        "changed: see src/ees_analytics/sources/website/data_catalogue_pages.py."
    )


def _fields(link: Any, parents: Mapping[Any, Any]) -> dict[str, str]:
    """The entry's summary list, label to value; labels in lower case without a colon."""
    for parent in link.iterancestors():
        if parent not in parents:
            break  # from here on up are the lists of other entries
        if parents[parent]:
            terms = (term for term in parent.iter("dt") if term.getnext() is not None)
            return {text_of(term).rstrip(": ").lower(): text_of(term.getnext()) for term in terms}
    return {}


def _parents_of_one(root: Any) -> dict[Any, bool]:
    """Each element in which one data set is linked, to whether a term with its value is in it, too.

    Every element is visited a few times only, however the page is built: each climb ends at what is known.
    """
    ids: dict[Any, set[str]] = {}
    for link in root.iter("a"):
        if dataset_id := _data_set_id(link):
            for parent in link.iterancestors():
                known = ids.setdefault(parent, set())
                if dataset_id in known or len(known) > 1:
                    break
                known.add(dataset_id)
    with_terms: set[Any] = set()
    for term in root.iter("dt"):
        if term.getnext() is not None:
            for parent in term.iterancestors():
                if parent in with_terms:
                    break
                with_terms.add(parent)
    return {parent: parent in with_terms for parent, known in ids.items() if len(known) == 1}


def parse_date(text: str | None) -> dt.date | None:
    """A day written like ``5 Mar 2025`` or ``5 March 2025``; None for any other text."""
    match = _DATE.fullmatch(squash(text))
    try:
        day = match and dt.datetime.strptime(" ".join(match.groups()), "%d %b %Y").replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    return day.date() if day else None


def read_api_ids(text: str, what: str) -> ApiIds:
    """The ids in a data set's page (``<script id="__NEXT_DATA__">``); ``MalformedResponse`` if it lacks one."""
    scripts = parse_page(text, what).xpath("//script[@id='__NEXT_DATA__']")
    if not scripts:
        raise MalformedResponse(f"{what}: the page has no <script id='__NEXT_DATA__'>, which has its ids")
    try:
        properties = json.loads(scripts[0].text or "")["props"]["pageProps"]
        ids = ApiIds(properties["apiDataSet"]["id"], properties["publicationSummary"]["id"])
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise MalformedResponse(f"{what}: __NEXT_DATA__ {_LACKS_IDS} ({error!r})") from error
    if not all(value and isinstance(value, str) for value in vars(ids).values()):
        raise MalformedResponse(f"{what}: __NEXT_DATA__ {_LACKS_IDS}: {ids}")
    return ids
