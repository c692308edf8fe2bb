"""The frozen tables are imported once, and never written otherwise."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog, DatasetError
from kedro_datasets.partitions import PartitionedDataset

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.contract import SliceBatch
from ees_analytics.lake.frozen import FrozenImportDataset, ParquetTableDataset
from ees_analytics.lake.table import Mode, TableDataset
from ees_analytics.pipelines.maintenance.import_frozen import create_pipeline, frozen_tables
from ees_analytics.runner import IndependentRunner, RunFailed

DAY = dt.date(2023, 1, 1)
PAGES = pa.table({"date": [DAY, DAY], "pagePath": ["/", "/"], "pageviews": [3, 3], "sessions": [1.0, None]})
OLD = pa.table({"date": [DAY], "clicks": [1.0], "impressions": [2.0], "ctr": [0.5]})


class Lake:
    """A lake, and a folder of parquet files to import into it."""

    def __init__(self, root: Path, engine: str = "sail") -> None:
        self.place = {"engine": engine, "lake_root": str(root / "lake")}
        self.tables, self.folder = root / "lake/analytics_raw", root / "import"
        self.folder.mkdir()

    def file(self, name: str, rows: pa.Table) -> None:
        path = self.folder / f"{name}.parquet"
        path.parent.mkdir(exist_ok=True)
        pq.write_table(rows, path)

    def run(self) -> None:
        source = PartitionedDataset(
            path=str(self.folder), dataset=ParquetTableDataset, filename_suffix=".parquet"
        )
        targets = {
            f"frozen.{table}": FrozenImportDataset(table=table, **self.place) for table in frozen_tables()
        }
        catalog = DataCatalog({"source.frozen_tables": source, **targets})
        IndependentRunner(max_workers=1).run(create_pipeline(), catalog, _create_hook_manager())

    def rows(self, table: str) -> pa.Table:
        return DeltaTable(self.tables / table).to_pyarrow_table()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def test_the_frozen_tables():
    assert frozen_tables() == [
        "ees_legacy_scrape", "ees_search_console_old", "ees_ua_device_browser", "ees_ua_events", "ees_ua_page",
        "ees_ua_service_summary", "ees_ua_source_medium",
    ]  # fmt: skip


def test_what_is_in_the_folder_is_imported_and_the_rest_is_named(tmp_path, engine, caplog):
    lake = Lake(tmp_path, engine)
    lake.file("ees_ua_page", PAGES)
    lake.file("ees_ga4_page", PAGES)
    with caplog.at_level(logging.WARNING):
        lake.run()
    rows = lake.rows("ees_ua_page")
    assert rows.num_rows == 2, "duplicates are kept"
    assert rows["pageviews"].to_pylist() == [3.0, 3.0]
    assert not (lake.tables / "ees_ua_events").exists()
    assert "left as they are: ees_legacy_scrape, ees_search_console_old" in caplog.text
    assert "not a frozen table, not imported: ees_ga4_page" in caplog.text
    loaded = TableDataset(table="raw.ees_ua_page", **lake.place).load()
    assert loaded.count() == 1, "one row has no sessions, and cannot be counted"


def test_a_table_in_parts_comes_whole(lake):
    lake.file("ees_ua_page.parquet/part-0", PAGES)
    lake.file("ees_ua_page.parquet/part-1", PAGES.slice(0, 1))
    lake.run()
    assert lake.rows("ees_ua_page").num_rows == 3


def test_a_table_that_holds_rows_is_refused(lake):
    lake.file("ees_ua_page", PAGES)
    lake.run()
    with pytest.raises(RunFailed, match="ees_ua_page has 2 rows"):
        lake.run()
    assert lake.rows("ees_ua_page").num_rows == 2


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_is_refused(lake, number):
    lake.file("ees_ua_page", PAGES.set_column(3, "sessions", pa.array([1.0, number])))
    with pytest.raises(RunFailed, match=r"ees_ua_page: 1 value\(s\) of sessions not finite, for example"):
        lake.run()
    assert not (lake.tables / "ees_ua_page").exists()


def test_a_table_that_is_empty_is_filled(lake):
    empty = contract_for("raw.ees_ua_page").empty()
    write_deltalake(lake.tables / "ees_ua_page", empty)
    lake.file("ees_ua_page", PAGES)
    lake.run()
    assert lake.rows("ees_ua_page").num_rows == 2


def test_further_columns_of_the_old_search_console_are_kept(lake):
    lake.file("ees_search_console_old", OLD)
    lake.run()
    assert lake.rows("ees_search_console_old").to_pylist() == OLD.to_pylist()
    loaded = TableDataset(table="raw.ees_search_console_old", **lake.place).load()
    assert loaded.columns == ["date", "clicks", "impressions", "ctr"]


def test_an_empty_table_of_other_columns_is_refused(lake):
    write_deltalake(
        lake.tables / "ees_search_console_old", contract_for("raw.ees_search_console_old").empty()
    )
    lake.file("ees_search_console_old", OLD)
    with pytest.raises(RunFailed, match="Move the empty table away"):
        lake.run()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (PAGES.drop_columns("sessions"), "missing"),
        (PAGES.append_column("more", [[1, 2]]), "extra"),
        (PAGES.set_column(0, "date", [["2023-01-01", "2023-01-01"]]), "is not DATE"),
    ],
)
def test_rows_that_are_not_the_contracts_are_refused(lake, rows, says):
    lake.file("ees_ua_page", rows)
    lake.file("ees_legacy_scrape", pa.table({"url": ["u"], "heading": ["h"]}))
    with pytest.raises(RunFailed, match=says):
        lake.run()
    assert not (lake.tables / "ees_ua_page").exists()
    assert lake.rows("ees_legacy_scrape").num_rows == 1, "the others are not kept from it"


def test_a_file_that_is_no_parquet_is_named(lake):
    (lake.folder / "ees_ua_page.parquet").write_bytes(b"no parquet")
    with pytest.raises(RunFailed, match=r"ees_ua_page\.parquet cannot be read as parquet"):
        lake.run()


def test_a_folder_without_a_frozen_table_fails_once(lake):
    lake.file("something", PAGES)
    with pytest.raises(RunFailed, match=r"1 step failed(?s:.*)ees_ua_events\.parquet"):
        lake.run()


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("table", frozen_tables())
def test_nothing_else_writes_a_frozen_table(lake, table, mode):
    rows = contract_for(f"raw.{table}").empty()
    dataset = TableDataset(table=f"raw.{table}", mode=mode, **lake.place)
    with pytest.raises(DatasetError, match="is frozen"):
        dataset.save(SliceBatch(rows, []) if mode is Mode.REPLACE_SLICE else rows)
    assert not lake.tables.exists()


def test_only_frozen_tables_are_imported(lake):
    with pytest.raises(DatasetError, match="not frozen"):
        FrozenImportDataset(table="ees_ga4_page", **lake.place)


def test_an_import_reads_nothing_back(lake):
    with pytest.raises(DatasetError, match=r"write-only: read raw\.ees_ua_page"):
        FrozenImportDataset(table="ees_ua_page", **lake.place).load()
