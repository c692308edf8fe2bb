"""The catalogue of API data sets: stated rows, what is kept, what is refused."""

import datetime as dt
import json
import logging

import pyarrow as pa
import pytest

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.contract import ContractError
from ees_analytics.parameters.website import WebsiteSettings
from ees_analytics.pipelines.ingest.nodes.data_catalogue import load_data_catalogue
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import (
    MalformedResponse,
    NotRecorded,
    PageMissing,
    PermissionRefused,
    SourceUnavailable,
    UnstableSnapshot,
)

CONTRACT = contract_for("raw.ees_scrape_api_data_catalog")

SETTINGS = WebsiteSettings(listing_pause_seconds=0, min_data_sets=2)
LISTING = "data-catalogue?dataSetType=api&sortBy=newest&page={}"
NONE = CONTRACT.empty()


def item(name, title=None, published="5 Mar 2025", updated="6 Apr 2025"):
    return (
        f'<li><h3><a class="govuk-link" href="/data-catalogue/data-set/{name}"><span class="govuk-caption-m">'
        f"Publication of {name}</span><span>{title or f'Title of {name}'}</span></a></h3><dl><dt>Published</dt>"
        f"<dd>{published}</dd><dt>Last updated</dt><dd>{updated}</dd></dl></li>"
    )


def listing(items, count, number=1, pages=1):
    return (
        f"<html><body><p>{count} data sets, page {number} of {pages}, filtered by: </p><ul>{''.join(items)}</ul>"
        "</body></html>"
    )


def detail(name):
    data = {
        "props": {
            "pageProps": {"apiDataSet": {"id": f"api-{name}"}, "publicationSummary": {"id": f"pub-{name}"}}
        }
    }
    return f'<html><script id="__NEXT_DATA__">{json.dumps(data)}</script></html>'


def website(names, items=None, **changed):
    answers = {f"data-catalogue/data-set/{name}": detail(name) for name in names}
    items = items or [item(name) for name in names]
    answers[LISTING.format(1)] = listing(items[:2], len(names), 1, 2)
    answers[LISTING.format(2)] = listing(items[2:], len(names), 2, 2)
    answers |= {f"data-catalogue/data-set/{name}": answer for name, answer in changed.items()}

    def call(answer):
        def get():
            if isinstance(answer, Exception):
                raise answer
            return answer

        return get

    return {address: call(answer) for address, answer in answers.items()}


def row(name, **changed):
    return {
        "publication": f"Publication of {name}",
        "dataset_name": f"Title of {name}",
        "dataset_id": name,
        "link": f"https://explore-education-statistics.service.gov.uk/data-catalogue/data-set/{name}",
        "published": dt.date(2025, 3, 5),
        "last_updated": dt.date(2025, 4, 6),
        "api_dataset_id": f"api-{name}",
        "publication_id": f"pub-{name}",
        **changed,
    }


def table(*rows):
    return pa.Table.from_pylist(list(rows), schema=NONE.schema)


def load(site, before=NONE, settings=SETTINGS):
    state = TableState(CONTRACT.name, exists=True, rows=lambda: before)
    rows = load_data_catalogue(site, state, settings)
    assert rows.column_names == CONTRACT.column_names
    return sorted(rows.to_pylist(), key=lambda each: each["dataset_id"])


def test_the_rows_are_those_of_the_pages():
    assert load(website(["a", "b", "c"])) == [row("a"), row("b"), row("c")]


def test_inserts_updates_and_deletes_are_logged_by_name(caplog):
    before = table(row("a"), row("b", last_updated=dt.date(2025, 1, 1)), row("gone"))
    with caplog.at_level(logging.INFO):
        assert load(website(["a", "b", "c"]), before) == [row("a"), row("b"), row("c")]
    assert "new: Title of c (c)" in caplog.text
    assert "gone: Title of gone (gone)" in caplog.text
    assert "changed: Title of b (b): last_updated 2025-01-01 -> 2025-04-06" in caplog.text
    assert "3 row(s), 3 change(s)" in caplog.text


def test_nothing_changed_gives_the_same_rows(caplog):
    before = table(row("c"), row("a"), row("b"))
    with caplog.at_level(logging.INFO):
        assert load(website(["a", "b", "c"]), before) == [row("a"), row("b"), row("c")]
    assert "3 row(s), 0 change(s)" in caplog.text


@pytest.mark.parametrize(
    "failure",
    [PageMissing("gone"), MalformedResponse("no json"), SourceUnavailable("down"), "<p>no data</p>"],
)
def test_a_detail_page_that_fails_keeps_the_ids_of_last_time(failure, caplog):
    before = table(row("a"), row("b", dataset_name="Former title"), row("c"))
    assert load(website(["a", "b", "c"], b=failure), before) == [row("a"), row("b"), row("c")]
    assert "those of the last run stay" in caplog.text


@pytest.mark.parametrize("failure", [PageMissing("gone"), MalformedResponse("no json")])
def test_a_new_data_set_whose_page_has_no_ids_has_none_yet(failure, caplog):
    rows = load(website(["a", "b", "c"], b=failure))
    assert rows == [row("a"), row("b", api_dataset_id=None, publication_id=None), row("c")]
    assert "Title of b has no ids" in caplog.text


@pytest.mark.parametrize("failure", [SourceUnavailable("down"), PermissionRefused("refused")])
def test_a_new_data_set_whose_page_does_not_answer_is_a_failure(failure):
    with pytest.raises(type(failure)):
        load(website(["a", "b", "c"], b=failure))


def test_a_refused_page_stops_even_where_ids_are_known():
    with pytest.raises(PermissionRefused):
        load(website(["a", "b", "c"], b=PermissionRefused("no")), table(row("a"), row("b"), row("c")))


def test_too_few_data_sets_are_refused():
    with pytest.raises(ContractError, match=r"lists 3 API data sets, fewer than website.min_data_sets = 10"):
        load(website(["a", "b", "c"]), settings=WebsiteSettings(listing_pause_seconds=0))


def test_a_count_that_the_pages_contradict_is_refused():
    site = website(["a", "b", "c"]) | {LISTING.format(2): lambda: listing([item("b")], 3, 2, 2)}
    with pytest.raises(UnstableSnapshot, match="states 3 entries, but its 2 pages name 2"):
        load(site)


@pytest.mark.parametrize("broken", [item("c", published="soon"), item("c", updated=""), item("c", title=" ")])
def test_an_entry_that_lacks_something_is_refused(broken):
    with pytest.raises(MalformedResponse, match="the data set c is listed without"):
        load(website(["a", "b", "c"], [item("a"), item("b"), broken]))


@pytest.mark.parametrize("before", [NONE, table(row("a"))])
def test_recorded_pages_without_a_catalogue_leave_the_table_alone(before, caplog):
    def not_recorded():
        raise NotRecorded("data-catalogue: nothing is recorded.")

    assert load({LISTING.format(1): not_recorded}, before) == before.to_pylist()
    assert "The table stays as it is" in caplog.text
