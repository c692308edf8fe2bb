"""Whichever tables with days there are, each read when it is called."""

import datetime as dt
import weakref

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from kedro.io import DataCatalog

from ees_analytics.contracts import all_contracts, contract_for, operational_tables
from ees_analytics.contracts.contract import SliceBatch
from ees_analytics.hooks import RunHooks
from ees_analytics.lake.daily_tables import DailyTablesDataset, day_column
from ees_analytics.lake.table import Mode, TableDataset

LOG, FILE = "raw.raw_ees_top_level", "2026-06-01.parquet"
DAY = dt.date(2026, 6, 1)


def test_rows_have_their_day_in_date_and_an_absent_table_is_none(engine, tmp_path):
    lake = {"engine": engine, "lake_root": str(tmp_path / "lake"), "catalog": None}
    row = {"_source_file": FILE, "_file_datetime": dt.datetime(2026, 6, 1, tzinfo=dt.UTC), "_file_date": DAY}
    rows = pa.Table.from_pylist([row], contract_for(LOG).empty().schema)
    TableDataset(table=LOG, mode=Mode.REPLACE_SLICE, **lake).save(SliceBatch(rows, [FILE]))
    tables = DailyTablesDataset(**lake).load()
    assert [row["date"] for row in tables[LOG]().collect()] == [DAY]
    assert tables["raw.ees_ga4_page"]() is None


class CountingTable(TableDataset):
    """A table that knows how often it was loaded."""

    loads = 0

    def load(self):
        self.loads += 1
        return super().load()


def test_a_run_reads_its_own_datasets(engine, tmp_path):
    """A table that another step has looked up need not be looked up again."""
    lake = {"engine": engine, "lake_root": str(tmp_path / "lake")}
    table = CountingTable(table=LOG, mode=Mode.REPLACE_SLICE, **lake)
    table.save(SliceBatch(contract_for(LOG).empty(), [FILE]))
    daily_tables = DailyTablesDataset(**lake)
    catalog = DataCatalog({LOG: table, "daily_tables": daily_tables})

    RunHooks().after_catalog_created(catalog=catalog, save_version=None)

    assert daily_tables.load()[LOG]().count() == 0
    assert table.loads == 1


def test_tables_of_a_catalogue_that_has_ended_are_opened_anew(tmp_path):
    """The catalogue ends with its last user, and with it the temporary files of its run."""
    daily_tables = DailyTablesDataset(engine="sail", lake_root=str(tmp_path / "lake"))
    catalog = DataCatalog({"daily_tables": daily_tables})
    daily_tables.read_through(catalog)
    ended = weakref.ref(catalog)
    del catalog

    assert ended() is None
    assert daily_tables.load()[LOG]() is None


def test_rows_of_a_frozen_table_that_cannot_be_counted_are_left_out_without_a_second_warning(
    tmp_path, caplog
):
    rows = pa.table({"date": [DAY, None], "pageviews": [1.0, 2.0], "sessions": [1.0, 2.0]})
    write_deltalake(str(tmp_path / "lake/analytics_raw/ees_ua_service_summary"), rows)
    tables = DailyTablesDataset(engine="sail", lake_root=str(tmp_path / "lake")).load()
    assert tables["raw.ees_ua_service_summary"]().count() == 1
    assert caplog.messages == []


def test_tables_without_days_and_operational_tables_are_not_among_them():
    assert day_column(contract_for("raw.ees_pub_scrape")) is None
    assert [day_column(contract_for(f"app.{name}")) for name in operational_tables()] == [None] * len(
        operational_tables()
    )
    assert all(day_column(contract) for contract in all_contracts().values() if contract.slice_column)


def test_it_is_read_only():
    with pytest.raises(Exception, match="read-only"):
        DailyTablesDataset(engine="sail").save(1)
