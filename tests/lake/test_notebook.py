"""SQL over the tables, and their dates in pandas."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from kedro.io import DataCatalog, DatasetError

from ees_analytics.contracts import all_contracts
from ees_analytics.lake.engine import spark_session
from ees_analytics.lake.notebook import read_delta, tables_as_views, to_pandas
from ees_analytics.lake.table import TableDataset

DAYS = [dt.date(2026, 6, 27), dt.date(2026, 6, 28)]


@pytest.fixture
def catalog(engine, tmp_path) -> DataCatalog:
    """A lake with one table."""
    lake = {"engine": engine, "lake_root": str(tmp_path)}
    found = DataCatalog({name: TableDataset(table=name, **lake) for name in all_contracts()})
    rows = {"date": DAYS, "clicks": [1.0, 2.0], "impressions": [3.0, 4.0]}
    found["app.ees_search_console_timeseries"].save(pa.table(rows))
    return found


def test_a_view_of_each_table_there_is(catalog, engine):
    spark = spark_session(engine)
    if spark.catalog.tableExists("ees_ga4_page"):  # of another test's lake
        spark.catalog.dropTempView("ees_ga4_page")
    assert tables_as_views(catalog) is spark
    query = "SELECT sum(clicks) AS clicks FROM ees_search_console_timeseries WHERE date = :day"
    assert spark.sql(query, args={"day": "2026-06-28"}).first()[0] == 2.0
    assert not spark.catalog.tableExists("ees_ga4_page"), "a table that is not in the lake"


def test_a_lake_without_tables_is_reported(engine, tmp_path):
    lake = {"engine": engine, "lake_root": str(tmp_path)}
    empty = DataCatalog({name: TableDataset(table=name, **lake) for name in all_contracts()})
    with pytest.raises(DatasetError, match="`kedro run` makes them"):
        tables_as_views(empty)


def test_dates_are_dates_in_pandas(catalog):
    rows = to_pandas(catalog["app.ees_search_console_timeseries"].load().orderBy("date"))
    assert rows["date"].dt.day.tolist() == [27, 28]
    assert (rows["date"] > "2026-06-27").tolist() == [False, True]
    assert rows.set_index("date").asfreq("D").index.freqstr == "D"


def test_notebooks_on_databricks_need_no_deltalake():
    """It is not installed there."""
    code = "import sys; sys.modules['deltalake'] = None; import ees_analytics.lake.notebook"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_old_version_for_pandas(tmp_path):
    for clicks in (1.0, 2.0):
        write_deltalake(tmp_path, pa.table({"date": DAYS[:1], "clicks": [clicks]}), mode="overwrite")
    assert read_delta(tmp_path)["clicks"].tolist() == [2.0]
    old = read_delta(tmp_path, version=0)
    assert old["clicks"].tolist() == [1.0]
    assert old["date"].dt.day.tolist() == [27]
