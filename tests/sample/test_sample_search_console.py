"""The sample's search results are what the table takes, and hold what real ones hold."""

from pathlib import Path

import pytest
from kedro_datasets.partitions import PartitionedDataset

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import check
from ees_analytics.parameters.google import SearchConsole
from ees_analytics.sources.search_console.recorded import RecordedSearchDataset
from ees_analytics.sources.search_console.response import search_rows

from .search_console import SITE, days_of, recorded, rows_of
from .world import World

COMMITTED = Path(__file__).parents[2] / "data/sample/search_console"
WORLD = World()


@pytest.fixture(scope="module")
def answers():
    days = PartitionedDataset(
        path=str(COMMITTED), dataset=RecordedSearchDataset, filename_suffix=".json.gz"
    ).load()
    return {day: load() for day, load in days.items()}


def test_every_day_satisfies_the_contract_and_its_totals(answers):
    assert sorted(answers) == [str(day) for day in days_of(WORLD)]
    for answer in answers.values():
        check(
            search_rows(answer, "ees_search_console", SearchConsole()), contract_for("raw.ees_search_console")
        )
        assert answer.unreconciled() == []


def test_one_day_is_empty_and_the_others_are_small(answers):
    assert [day for day, answer in answers.items() if answer.may_be_unpublished] == ["2026-05-17"]
    assert max(answer.rows.num_rows for answer in answers.values()) <= 130
    assert sum(path.stat().st_size for path in COMMITTED.iterdir()) < 700_000


def test_it_holds_the_awkward_values_of_the_real_source(answers):
    queries = {query for answer in answers.values() for query in answer.rows["query"].to_pylist()}
    pages = {page for answer in answers.values() for page in answer.rows["page"].to_pylist()}
    assert any('"' in query for query in queries)
    assert any(not query.isascii() for query in queries)
    assert any(not page.startswith(SITE) for page in pages)
    assert any("#" in page for page in pages)


def test_another_world_has_as_many_rows_as_wanted():
    world = World(days=2, scale=50.0)
    rows = rows_of(world, days_of(world)[0])
    assert len(rows) > 2_000
    assert len({row[:2] for row in rows}) == len(rows)
    assert "rows" not in recorded(world, days_of(world)[0])["pages"][-1]
