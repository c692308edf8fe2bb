import logging

import pyarrow as pa
import pytest

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.casting import as_arrow
from ees_analytics.contracts.validator import check
from ees_analytics.pipelines.reporting.reading_time import ees_avg_readtime
from ees_analytics.slices.state import TableState
from ees_analytics.transforms.publication import publication_titles

CONTRACT = contract_for("app.ees_avg_readtime")


@pytest.fixture
def times(spark):
    def build(titles, pages, before=()):
        """Reading times of slugs with these titles; pages are slug to words and images."""
        scrape = spark.createDataFrame(list(titles.items()), "slug string, title string")
        counts = [(slug, "not used", *page) for slug, page in pages.items()]
        frame = spark.createDataFrame(counts, "slug string, title string, words bigint, images bigint")
        names = CONTRACT.column_names
        previous = pa.Table.from_pylist(
            [dict(zip(names, row, strict=True)) for row in before],
            schema=CONTRACT.arrow_schema.remove_metadata(),
        )
        state = TableState(CONTRACT.name, exists=True, rows=lambda: previous)
        rows = check(as_arrow(ees_avg_readtime(publication_titles(scrape), frame, state)), CONTRACT)
        return sorted((row["slug"], row["avg_read_time"], row["title"]) for row in rows.to_pylist())

    return build


def test_a_minute_for_265_words_and_twelve_seconds_for_an_image(times):
    assert times({"a": "A", "b": "B"}, {"a": (530, 2), "b": (1, 0)}) == [
        ("a", 144.0, "A"),
        ("b", 1 / 265 * 60, "B"),
    ]


def test_a_title_has_the_time_of_its_longest_page(times):
    titles = {"old": "Pupil absence", "new": "pupil absence", "other": "Exclusions"}
    pages = {"old": (530, 0), "new": (265, 0), "other": (53, 0)}

    assert times(titles, pages) == [("old", 120.0, "Pupil Absence"), ("other", 12.0, "Exclusions")]


def test_of_equal_pages_the_first_slug_is_named(times):
    assert times({"b": "Title", "a": "Title"}, {"a": (265, 0), "b": (265, 0)}) == [("a", 60.0, "Title")]


def test_a_slug_without_a_page_and_a_page_without_a_publication_give_no_row(times):
    before = [("no page", 7.0, "No Page")]
    assert times({"read": "Read", "no page": "No page"}, {"read": (265, 0), "left out": (9, 9)}, before) == [
        ("read", 60.0, "Read")
    ]


def test_publications_without_a_reading_time_are_named(times, caplog):
    """The dashboard shows an error for them."""
    times({"read": "Read", "gone": "Gone", "old": "read", "lost": "Lost one"}, {"read": (265, 0)})
    assert "2 publications, so the dashboard" in caplog.text
    assert caplog.text.rstrip().endswith("of: Gone; Lost One.")


@pytest.mark.parametrize("before", [[("a", 7.0, "A")], []])
def test_until_pages_are_ingested_the_table_stays_as_it_is(times, caplog, before):
    with caplog.at_level(logging.WARNING):
        assert times({"a": "A"}, {}, before) == before
    assert "kedro run --pipelines ingest_website" in caplog.text
