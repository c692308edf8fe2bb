"""A page is written whole."""

from __future__ import annotations

import pytest
from kedro.io import DatasetError

from ees_analytics.run_report.page_dataset import PageDataset


def test_a_page_replaces_the_earlier_one(tmp_path):
    dataset = PageDataset(filepath=str(tmp_path / "new folder" / "latest.html"))
    for text in ("first", "second – £"):
        dataset.save(text)
        assert dataset.load() == text
    assert dataset.pages() == {"latest"}
    assert [path.name for path in (tmp_path / "new folder").iterdir()] == ["latest.html"]


def test_a_page_that_cannot_be_written_leaves_the_earlier_one(tmp_path):
    dataset = PageDataset(filepath=str(tmp_path / "latest.html"))
    dataset.save("first")
    with pytest.raises(DatasetError):
        dataset.save("\ud800")  # half a character
    assert [path.name for path in tmp_path.iterdir()] == ["latest.html"]
    assert dataset.load() == "first"
