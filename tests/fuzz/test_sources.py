"""Whatever a source sends ends in right rows or an error of the project's own."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ees_analytics.slices.errors import SourceError
from ees_analytics.sources.ga4.page import page_from_json
from ees_analytics.sources.log_files.folder import file_datetime, slice_name
from ees_analytics.sources.search_console.response import rows_of_page
from ees_analytics.sources.website.client import retry_after
from ees_analytics.sources.website.data_catalogue_pages import read_api_ids, read_catalogue_page
from ees_analytics.sources.website.publication_pages import read_listing_page, read_publication_page
from tests.fuzz import JSON, TEXT, fuzzed, marks

pytestmark = marks

PIECES = st.lists(
    st.sampled_from(["<div>", "<h3>", "<dt>", "<dd>", "<p>5 results, page 1 of 2", "</div>", "<script id='__NEXT_DATA__'>"])
    | st.sampled_from(["<a class='govuk-link' href='/find-statistics/", "<a href='/data-catalogue/data-set/", "'>"])
    | TEXT,
    max_size=30,
).map("".join)  # fmt: skip


@fuzzed
@given(st.binary(min_size=1, max_size=255).filter(lambda name: b"/" not in name and b"\0" not in name))
def test_every_file_name_has_a_slice_name_that_can_be_stored(name):
    found = slice_name(os.fsdecode(name))
    assert len(found.encode()) <= 160
    assert "\n" not in found
    assert found == os.fsdecode(name) or "~" in found
    file_datetime(found)


@fuzzed
@given(TEXT)
def test_every_retry_after_is_a_time_or_absent(header):
    assert retry_after(header) is None or retry_after(header) >= 0


@fuzzed
@given(PIECES)
@pytest.mark.parametrize(
    "read", [read_catalogue_page, read_listing_page, read_publication_page, read_api_ids]
)
def test_every_page_is_read_or_refused_by_its_address(read, text):
    try:
        read(text, "the-page")
    except SourceError as error:
        assert str(error).startswith("the-page")


@fuzzed
@given(JSON | st.fixed_dictionaries({"rows": JSON, "kind": TEXT, "rowCount": JSON, "dimensionHeaders": JSON}))
@pytest.mark.parametrize("read", [page_from_json, rows_of_page])
def test_every_answer_is_a_page_or_refused(read, body):
    try:
        read(body)
    except SourceError as error:
        assert str(error)
