"""Recorded and live pages load as one kind of mapping, from which nothing is fetched until it is called."""

import pytest
from kedro.io.core import DatasetError

from ees_analytics.sources.errors import (
    MalformedResponse,
    NotRecorded,
    PageMissing,
    SourceUnavailable,
)
from ees_analytics.sources.website.dataset import (
    RecordedWebsiteDataset,
    WebsiteDataset,
    recorded_path,
)
from tests.servers.website import WebsiteServer

CATALOGUE = "data-catalogue?dataSetType=api&sortBy=newest&page="
FILES = {
    "find-statistics/_page_1.html": "find-statistics?page=1",
    "find-statistics/_page_12.html": "find-statistics?page=12",
    "find-statistics/a-slug.html": "find-statistics/a-slug",
    "data-catalogue/_page_2.html": f"{CATALOGUE}2",
    "data-catalogue/data-set/cac11459.html": "data-catalogue/data-set/cac11459",
}


@pytest.fixture
def folder(tmp_path):
    for path in FILES:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"<html>{path}</html>", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("path", "address"), FILES.items())
def test_addresses_and_files_belong_together(path, address):
    assert recorded_path(address) == path


@pytest.mark.parametrize("address", FILES.values())
def test_recorded_and_live_pages_are_the_same(folder, address):
    with WebsiteServer(folder) as site:
        live = WebsiteDataset(url=site.url, pause_seconds=0).load()
        recorded = RecordedWebsiteDataset(path=str(folder)).load()
        assert site.requests == []
        assert live[address]() == recorded[address]()
        assert site.requests[0].address == f"/{address}"


def test_missing_pages_are_missing_in_both(folder):
    with WebsiteServer(folder) as site:
        for pages in (
            WebsiteDataset(url=site.url).load(),
            RecordedWebsiteDataset(path=str(folder)).load(),
        ):
            with pytest.raises(PageMissing, match="no-such-slug"):
                pages["find-statistics/no-such-slug"]()


def test_a_part_without_a_folder_is_not_recorded(tmp_path):
    (tmp_path / "find-statistics").mkdir()
    pages = RecordedWebsiteDataset(path=str(tmp_path)).load()
    with pytest.raises(NotRecorded, match="data-catalogue"):
        pages[f"{CATALOGUE}1"]()
    with pytest.raises(PageMissing):
        pages["find-statistics?page=1"]()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    pages = RecordedWebsiteDataset(path=str(tmp_path / "nowhere")).load()
    with pytest.raises(SourceUnavailable, match=r"nowhere.*website_root"):
        pages["find-statistics?page=1"]()


def test_a_recorded_page_that_is_no_text_is_refused(folder):
    (folder / "find-statistics" / "a-slug.html").write_bytes(b"\xff\xfe")
    with pytest.raises(MalformedResponse, match=r"a-slug\.html"):
        RecordedWebsiteDataset(path=str(folder)).load()["find-statistics/a-slug"]()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/find-statistics",
        "find-statistics/../secret",
        "https://example.org/",
        "glossary",
        "find-statistics/.x",
        "a b",
    ],
)
def test_other_addresses_are_no_pages(folder, address):
    pages = RecordedWebsiteDataset(path=str(folder)).load()
    assert address not in pages
    with pytest.raises(KeyError):
        pages[address]


def test_a_website_is_never_written(folder):
    with pytest.raises(DatasetError, match="never written"):
        RecordedWebsiteDataset(path=str(folder)).save({})
    with pytest.raises(DatasetError, match="never written"):
        WebsiteDataset().save({})


@pytest.mark.parametrize(
    "wrong", [{"url": "http://example.org"}, {"max_concurent": 2}, {"timeout_seconds": 0}]
)
def test_wrong_settings_stop_before_any_request(wrong):
    with pytest.raises(DatasetError, match="cannot be set up"):
        WebsiteDataset(**wrong)


def test_the_dataset_describes_where_it_reads(folder):
    assert "explore-education-statistics" in str(WebsiteDataset())
    assert str(folder) in str(RecordedWebsiteDataset(path=str(folder)))
    assert RecordedWebsiteDataset(path=str(folder)).exists()
