"""Former import paths of datasets work for one release, with a warning that names the present one."""

from __future__ import annotations

import importlib

import pytest
from kedro.io import DataCatalog

from ees_analytics import datasets
from ees_analytics.lake.table import TableDataset
from ees_analytics.sources.website.dataset import RecordedWebsiteDataset


@pytest.mark.parametrize("former", sorted(datasets._MOVED))
def test_every_former_module_gives_the_names_of_the_present_one(former):
    module = importlib.import_module(f"ees_analytics.datasets.{former}")
    present = importlib.import_module(f"ees_analytics.{datasets._MOVED[former]}")
    message = f"ees_analytics.datasets.{former} has moved: import ees_analytics."
    for name in [name for name in vars(present) if not name.startswith("__")]:
        with pytest.warns(FutureWarning, match=message):
            assert getattr(module, name) is getattr(present, name)


def test_a_class_is_the_present_one():
    with pytest.warns(FutureWarning):
        from ees_analytics.datasets.table import TableDataset as Former
    assert Former is TableDataset


def test_a_module_that_never_existed_is_not_found():
    with pytest.raises(ModuleNotFoundError, match="ees_analytics.datasets.tabel"):
        importlib.import_module("ees_analytics.datasets.tabel")


def test_a_catalogue_entry_with_a_former_type(tmp_path):
    entry = {"type": "ees_analytics.datasets.website.RecordedWebsiteDataset", "path": str(tmp_path)}
    with pytest.warns(FutureWarning, match="has moved: import ees_analytics.sources.website.dataset"):
        dataset = DataCatalog.from_config({"source.website": entry})["source.website"]
    assert type(dataset) is RecordedWebsiteDataset
