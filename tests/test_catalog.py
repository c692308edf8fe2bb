"""The catalogue of notebooks and runs suggests near names."""

from __future__ import annotations

import pytest
from kedro.framework.session import KedroSession
from kedro.io import DatasetNotFoundError, MemoryDataset

from ees_analytics.catalog import Catalog
from tests.conftest import PROJECT, project


def test_a_dataset_that_does_not_exist_is_refused_with_near_names():
    catalog = Catalog({"params:unclassified": MemoryDataset(1)})
    for ask in (catalog.load, catalog.__getitem__):
        with pytest.raises(DatasetNotFoundError, match="Did you mean app.ees_service_summary"):
            ask("ees_service_sumary")
        with pytest.raises(DatasetNotFoundError, match="Did you mean params:unclassified"):
            ask("params:unclasified")
        with pytest.raises(DatasetNotFoundError, match=r"`zzz`. docs/data-dictionary.md has all tables"):
            ask("zzz")
    assert catalog.load("params:unclassified") == 1
    assert catalog.get("zzz") is None


def test_notebooks_and_commands_have_it():
    project()
    with KedroSession.create(PROJECT) as session:
        catalog = session.load_context().catalog
        assert isinstance(catalog, Catalog)
        for ask in (catalog.load, catalog.__getitem__):
            with pytest.raises(
                DatasetNotFoundError, match=r"`app.ees_service_sumary`. Did you mean app.ees_ser"
            ):
                ask("app.ees_service_sumary")
        with pytest.raises(
            DatasetNotFoundError, match="A new one is declared in src/ees_analytics/contracts/app"
        ):
            catalog.get("app.ees_service_sumary")
        assert catalog.list_patterns()
