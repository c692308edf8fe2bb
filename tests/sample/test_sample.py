"""The sample in the repository is what the generator makes, and its answers are what the tables take."""

import datetime as dt
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from kedro_datasets.partitions import PartitionedDataset

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import check
from ees_analytics.sources.ga4.recorded import RecordedReportDataset
from tests.sample import ga4, website
from tests.sample.__main__ import WRITERS, main
from tests.sample.world import World

COMMITTED = Path(__file__).parents[2] / "data/sample"
WORLD = World()
REPORTS = ga4.reports()
RECORDED = ("ga4", "website", "search_console")


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of the writers here by name, unpacked where it is packed."""
    found = (path for part in RECORDED for path in (folder / part).rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): gzip.decompress(data) if path.suffix == ".gz" else data
        for path in found
        for data in [path.read_bytes()]
    }


def test_the_committed_sample_is_what_the_generator_makes(tmp_path):
    for write in WRITERS:
        write(WORLD, tmp_path)
    made, committed = files_of(tmp_path), files_of(COMMITTED)
    assert made.keys() == committed.keys()
    different = [name for name in made if made[name] != committed[name]]
    assert not different, "run `python -m tests.sample --out data/sample`"


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        main(["--out", str(tmp_path / folder), "--days", "2", "--newest", "2025-01-02", "--seed", "3"])
    one, two = tmp_path / "one", tmp_path / "two"
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert [(one / name).read_bytes() for name in names] == [(two / name).read_bytes() for name in names]


def test_the_sample_is_small():
    size = sum(path.stat().st_size for part in RECORDED for path in (COMMITTED / part).rglob("*.*"))
    assert size < 3_000_000


@pytest.mark.parametrize("table", REPORTS)
def test_every_recorded_day_satisfies_the_tables_contract(table):
    days = PartitionedDataset(
        path=str(COMMITTED / "ga4" / table), dataset=RecordedReportDataset, filename_suffix=".json.gz"
    ).load()
    assert sorted(days) == [day.isoformat() for day in WORLD.calendar]
    contract = contract_for(f"raw.{table}")
    for day, load in days.items():
        rows = typed(load().rows, table)
        rows = check(rows, contract)
        assert set(rows["date"].to_pylist()) <= {dt.date.fromisoformat(day)}


def typed(rows: pa.Table, table: str) -> pa.Table:
    """The text of an answer in the contract's types, ratios added: the least that a reader must do."""
    report, kinds = REPORTS[table], {c.name: c.type.arrow for c in contract_for(f"raw.{table}").columns}
    columns = {}
    for api_name, column in {**report.dimensions, **report.metrics}.items():
        values = rows[api_name]
        if column == "date":
            values = pc.strptime(values, format="%Y%m%d", unit="s")
        columns[column] = values.cast(kinds[column])
    for column, (numerator, denominator) in report.ratios.items():
        whole = pc.if_else(
            pc.equal(columns[denominator], 0), pa.scalar(None, pa.float64()), columns[denominator]
        )
        columns[column] = pc.divide(columns[numerator], whole)
    return pa.table(columns)


@pytest.mark.parametrize("table", REPORTS)
def test_counts_sum_to_the_recorded_totals(table):
    for day in WORLD.calendar:
        path = COMMITTED / f"ga4/{table}/{day}.json.gz"
        answer = RecordedReportDataset(filepath=str(path)).load()
        assert answer.unreconciled() == []
        if {"eventCount", "screenPageViews"} & REPORTS[table].metrics.keys() and len(
            REPORTS[table].dimensions
        ) > 1:
            assert answer.totals


def test_it_holds_the_awkward_values_of_the_real_sources():
    events = [row for day in WORLD.calendar for row in ga4.rows_of(WORLD, "ees_ga4_events", day)]
    paths, names, labels, categories = (set(column) for column in list(zip(*events, strict=True))[1:5])
    assert {"", "(not set)", "(other)"} <= paths
    assert {"", "(not set)", "(other)"} <= labels
    assert {len(text) for text in labels | categories} & {100}
    assert max(map(len, labels | categories)) == 100
    assert max(map(len, names)) == 40
    assert {"session_start", "PageSearchForm", "Release Page Data Set File Download"} <= names
    assert {"Release Page All Files, Release: Academi", "Feedback Survey Link Clicked"} <= names
    sources = [row for day in WORLD.calendar for row in ga4.rows_of(WORLD, "ees_ga4_source_medium", day)]
    assert any(row[6] == "0" for row in sources), "a session without page views: its ratio is null"
    for table in REPORTS:
        recorded = json.loads(gzip.decompress((COMMITTED / f"ga4/{table}/2026-05-17.json.gz").read_bytes()))
        assert not {"rows", "rowCount"} & recorded["pages"][0].keys()


def test_a_larger_world_has_more_rows_of_the_same_publications():
    larger = World(scale=5.0)
    day = WORLD.newest - dt.timedelta(days=4)
    assert larger.publications == WORLD.publications
    assert len(ga4.rows_of(larger, "ees_ga4_page", day)) > 3 * len(ga4.rows_of(WORLD, "ees_ga4_page", day))
    rows = ga4.rows_of(larger, "ees_ga4_device_browser", day)
    assert len({row[:4] for row in rows}) == len(rows)


def test_every_publication_is_listed_once_with_its_page():
    pages = website.listing_pages(WORLD)
    assert len(pages) == 6
    for publication in WORLD.publications:
        links = sum(
            page.count(f'"/find-statistics/{publication.slug}"') + page.count(f"/{publication.slug}/")
            for page in pages
        )
        assert links == 1
        assert "govuk-heading-xl" in website.publication_page(WORLD, publication)
    assert all("58 results, page" in page for page in pages)
    assert any(len(publication.title) > 90 for publication in WORLD.publications)
