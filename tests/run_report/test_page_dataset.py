"""A page is written whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from kedro.io import DatasetError

from ees_analytics.run_report.page_dataset import PageDataset


def test_a_page_replaces_the_earlier_one(tmp_path):
    dataset = PageDataset(filepath=str(tmp_path / "new [folder]" / "latest.html"))
    for text in ("first", "second – £"):
        dataset.save(text)
        assert dataset.load() == text
    assert dataset.pages() == {"latest"}
    assert [path.name for path in (tmp_path / "new [folder]").iterdir()] == ["latest.html"]


def test_a_page_that_cannot_be_written_leaves_the_earlier_one(tmp_path):
    dataset = PageDataset(filepath=str(tmp_path / "latest.html"))
    dataset.save("first")
    with pytest.raises(DatasetError):
        dataset.save("\ud800")  # half a character
    assert [path.name for path in tmp_path.iterdir()] == ["latest.html"]
    assert dataset.load() == "first"


def test_two_runs_at_once_leave_a_whole_page(tmp_path):
    dataset = PageDataset(filepath=str(tmp_path / "latest.html"))
    pages = {letter * 200_000 for letter in "ab"}
    dataset.save("a" * 200_000)
    with ThreadPoolExecutor(2) as runs:
        saved = [runs.submit(dataset.save, text) for text in [*pages] * 10]
        while not all(save.done() for save in saved):
            assert dataset.load() in pages
    assert [save.exception() for save in saved] == [None] * 20
    assert [path.name for path in tmp_path.iterdir()] == ["latest.html"]


def test_the_pages_of_a_folder_beside(tmp_path):
    dataset = PageDataset(filepath=str(tmp_path / "reports" / "latest.html"))
    assert dataset.pages(beside="catalogue") == set()
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "app.ees_x.html").touch()
    assert dataset.pages(beside="catalogue") == {"app.ees_x"}
