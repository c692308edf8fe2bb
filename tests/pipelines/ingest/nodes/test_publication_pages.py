"""The table of the publications' pages: what was read, what stays, and what has no row."""

import logging

import pyarrow as pa
import pytest

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import check
from ees_analytics.pipelines.ingest.nodes.publications import PublicationVisit, load_publication_pages
from ees_analytics.slices.errors import SourceError
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import (
    MalformedResponse,
    PageMissing,
    PermissionRefused,
    SourceUnavailable,
)
from ees_analytics.sources.website.publication_pages import PublicationPage

CONTRACT = contract_for("raw.ees_pub_pages")


def load(pages, before=()):
    names = CONTRACT.column_names
    previous = pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) for row in before], schema=CONTRACT.empty().schema
    )
    state = TableState(CONTRACT.name, exists=True, rows=lambda: previous)
    visit = PublicationVisit(frozenset(pages), [], pages)
    return [tuple(row.values()) for row in check(load_publication_pages(visit, state), CONTRACT).to_pylist()]


def test_each_page_is_a_row():
    pages = {"b": PublicationPage("B", 2, 0), "a": PublicationPage("A", 530, 1)}
    assert load(pages, [("b", "Old B", 1, 1)]) == [("a", "A", 530, 1), ("b", "B", 2, 0)]


def test_a_missing_page_gives_no_row():
    """Not its last known counts either: the page is gone."""
    pages = {"read": PublicationPage("Read", 1, 0), "gone": PageMissing("404")}
    assert load(pages, [("gone", "Gone", 7, 7), ("no longer known", "Old", 8, 8)]) == [("read", "Read", 1, 0)]


@pytest.mark.parametrize(
    "error", [SourceUnavailable("503"), PermissionRefused("403"), MalformedResponse("no title")]
)
def test_a_page_that_fails_keeps_its_row_and_is_reported(caplog, error):
    pages = {"read": PublicationPage("Read", 1, 0), "down": error, "new": error}
    with caplog.at_level(logging.WARNING):
        found = load(pages, [("down", "Down", 7, 1)])
    assert found == [("down", "Down", 7, 1), ("read", "Read", 1, 0)]
    assert f"down: its last known counts stay ({error})" in caplog.text
    assert f"new: no counts of it are known ({error})" in caplog.text


def test_when_nothing_can_be_read_the_table_fails():
    with pytest.raises(SourceError, match=r"none of 1 page\(s\) could be read.*503"):
        load({"down": SourceUnavailable("503")})
