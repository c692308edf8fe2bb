import logging
from functools import partial

import pyarrow as pa
import pytest

from ees_analytics.contracts.app.ees_avg_readtime import CONTRACT
from ees_analytics.contracts.validator import check
from ees_analytics.parameters.website import WebsiteSettings
from ees_analytics.pipelines.reporting.nodes.ees_avg_readtime import ees_avg_readtime
from ees_analytics.slices.errors import SourceError
from ees_analytics.slices.state import TableState
from ees_analytics.sources.errors import PageMissing, PermissionRefused, SourceUnavailable

SETTINGS = WebsiteSettings(threads=2, page_attempts=1)


def _fail(error: SourceError) -> str:
    raise error


def _page(answer: str | SourceError):
    return partial(_fail, answer) if isinstance(answer, SourceError) else lambda: answer


def _words(count: int) -> str:
    return f"<html><body><p>{'word ' * count}</p></body></html>"


@pytest.fixture
def times(spark):
    def build(titles, pages, before=()):
        scrape = spark.createDataFrame(list(titles.items()), "slug string, title string")
        website = {f"find-statistics/{slug}": _page(answer) for slug, answer in pages.items()}
        names = CONTRACT.column_names
        previous = pa.Table.from_pylist(
            [dict(zip(names, row, strict=True)) for row in before],
            schema=CONTRACT.arrow_schema.remove_metadata(),
        )
        state = TableState(CONTRACT.name, exists=True, rows=lambda: previous)
        rows = check(ees_avg_readtime(scrape, website, state, SETTINGS), CONTRACT)
        return sorted((row["slug"], round(row["avg_read_time"], 9), row["title"]) for row in rows.to_pylist())

    return build


def test_a_title_has_the_time_of_its_longest_page(times):
    titles = {"old": "Pupil absence", "new": "pupil absence", "other": "Exclusions"}
    pages = {"old": _words(530), "new": _words(265), "other": _words(53)}

    assert times(titles, pages) == [("old", 120.0, "Pupil Absence"), ("other", 12.0, "Exclusions")]


def test_of_equal_pages_the_first_slug_is_named(times):
    assert times({"b": "Title", "a": "Title"}, {"a": _words(265), "b": _words(265)}) == [("a", 60.0, "Title")]


def test_a_missing_page_gives_no_row(times):
    """Neither its last known time: the page is gone."""
    pages = {"read": _words(265), "gone": PageMissing("404")}
    before = [("gone", 7.0, "Gone"), ("no longer listed", 8.0, "Old")]

    assert times({"read": "Read", "gone": "Gone", "elsewhere": "Not On The Site"}, pages, before) == [
        ("read", 60.0, "Read")
    ]


@pytest.mark.parametrize("error", [SourceUnavailable("503"), PermissionRefused("403")])
def test_a_page_that_fails_keeps_its_last_known_time_and_is_reported(times, caplog, error):
    pages = {"read": _words(265), "down": error, "new": error}
    before = [("down", 7.0, "Down")]

    with caplog.at_level(logging.WARNING):
        found = times({"read": "Read", "down": "Down", "new": "New"}, pages, before)

    assert found == [("down", 7.0, "Down"), ("read", 60.0, "Read")]
    assert f"down: its last known time stays ({error})" in caplog.text
    assert f"new: no time of it is known ({error})" in caplog.text


def test_text_that_is_no_page_is_a_failure(times):
    assert times({"odd": "Odd"}, {"odd": ""}, [("odd", 7.0, "Odd")]) == [("odd", 7.0, "Odd")]


def test_when_nothing_can_be_read_the_table_fails(times):
    with pytest.raises(SourceError, match=r"none of 1 page\(s\) could be read.*503"):
        times({"down": "Down"}, {"down": SourceUnavailable("503")})


def test_no_publications_have_no_times(times):
    assert times({}, {}) == []
