"""The table dataset with a catalogue's name, on every engine that runs here, each in a process of its own.

JVM Spark with ``spark_catalog``, the only name under which Delta's own catalogue works; a session that the caller made,
with nothing set but Delta, and another time zone; and Sail, which stores the same tables in folders.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(600)

CATALOG = {
    "sail": "catalog_40_copper_statistics_services",
    "spark": "spark_catalog",
    "session": "spark_catalog",
}

CALLER = """
from delta import configure_spark_with_delta_pip
from pyspark.sql import SparkSession
configure_spark_with_delta_pip(
    SparkSession.builder.master("local[2]")
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.sql.session.timeZone", "America/New_York")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.databricks.delta.snapshotPartitions", "2")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")  # it lives for a minute
).getOrCreate()
"""

SCRIPT = """
import datetime as dt, json, sys
from dataclasses import replace
import pyarrow as pa
from deltalake import DeltaTable, Field
from kedro.io import DatasetError
from ees_analytics.contracts import all_contracts, contract_for
from ees_analytics.contracts.contract import DOUBLE, Column, SliceBatch
from ees_analytics.contracts.validator import ContractValidator
from ees_analytics.slices.state_dataset import TableStateDataset
from ees_analytics.lake.engine import spark_session
from ees_analytics.lake.table import TableDataset

engine, catalog, lake_root = sys.argv[1:]
lake = {"engine": engine, "catalog": catalog, "lake_root": lake_root}
hourly = TableDataset(table="raw.ees_ga4_hourly", mode="replace-slice", **lake)
titles = TableDataset(table="raw.ees_pub_scrape", mode="replace-table", **lake)
day1, day2 = dt.date(2026, 6, 1), dt.date(2026, 6, 2)
seen = {"engine": engine}


def rows(*values):
    schema = contract_for("raw.ees_ga4_hourly").arrow_schema.remove_metadata()
    return pa.Table.from_pylist([dict(zip(schema.names, value)) for value in values], schema=schema)


def refusal(name, action):
    try:
        action()
        seen[name] = "NOT REFUSED"
    except DatasetError as error:
        seen[name] = str(error)


def now():
    return sorted([str(row.date), row.hour, row.sessions] for row in hourly.load().collect())


refusal("missing table", hourly.load)
hourly.save(SliceBatch(rows((day1, 0.0, 5.0), (day2, 0.0, 7.0)), [str(day1), str(day2)]))
hourly.save(SliceBatch(rows((day2, 3.0, 9.0)), [str(day2)]))
seen["replaced"] = now()
one = rows((day1, 1.0, 1.0))
refusal("extra column", lambda: hourly.save(SliceBatch(one.append_column("x", pa.array([1])), [str(day1)])))
refusal("missing column", lambda: hourly.save(SliceBatch(one.drop_columns(["hour"]), [str(day1)])))
refusal("outside", lambda: hourly.save(SliceBatch(rows((day1, 1.0, 1.0)), [str(day2)])))
summary = contract_for("raw.ees_ga4_service_summary")
lossy = pa.Table.from_pylist([{name: 1.7 for name in summary.column_names} | {"date": day1}])
refusal("lossy cast", lambda: TableDataset(table="raw.ees_ga4_service_summary", mode="replace-slice", **lake).save(
    SliceBatch(lossy, [str(day1)])))
seen["after the refusals"] = now()
titles.save(pa.table({"slug": ["a", "b"], "title": ["A", "B"]}))
titles.save(pa.table({"slug": ["b"], "title": ["B"]}))
seen["whole"] = [list(row) for row in titles.load().collect()]
seen["previous"] = TableStateDataset(table="ees_pub_scrape", **lake).load().rows().to_pylist()
seen["state"] = dict(TableStateDataset(table="ees_ga4_hourly", **lake).load().slices)
if engine != "sail":
    look_ups, whole = [], TableDataset(table="raw.ees_pub_scrape", mode="replace-table", **lake)
    for kind, name in ((type(spark_session(engine)), "table"), (type(spark_session(engine).catalog), "tableExists")):
        def counted(self, table, original=getattr(kind, name), name=name):
            look_ups.append(name)
            return original(self, table)
        setattr(kind, name, counted)
    for _ in range(2):
        whole.load()
    whole.save(pa.table({"slug": ["b"], "title": ["B"]}))
    seen["look-ups"] = [*look_ups]
    whole.save(pa.table({"slug": ["c"], "title": ["C"]}))
    seen["look-ups of a write"] = look_ups[1:]
    seen["written"] = [list(row) for row in whole.load().collect()]
    seen["look-ups after a write"] = look_ups[1:]
moment = dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)
row = pa.table({"last_updated": [moment], "latest_data": [day1]})
updated = TableDataset(table="app.ees__last_updated", mode="replace-table", **lake)
updated.save(row)
written = updated.storage.last_change()
updated.save(row)
seen["moment"] = str(TableStateDataset(table="ees__last_updated", **lake).load().rows()["last_updated"][0].as_py())
seen["written once"] = updated.storage.last_change() == written
seen["written now"] = abs((dt.datetime.now(dt.UTC) - written.changed_at).total_seconds()) < 300
if engine == "session":  # the rows of a large table are persisted
    session = spark_session(engine)
    many = session.range(20).selectExpr("concat('s', id) AS slug", "'T' AS title")
    for most in (10, 20, 10):
        checked = ContractValidator("raw.ees_pub_scrape", most).validate(many)
        persisted = many.storageLevel.useMemory
        titles.save(checked)
        seen.setdefault("large", []).append([type(checked).__name__, persisted, titles.last_save.changed])
    seen["released"] = not many.storageLevel.useMemory
    seen["written large"] = titles.load().count()
updated.storage.optimize()
updated.storage.vacuum(30)
name = f"{catalog}.analytics_raw.ees_ga4_hourly"
seen["name"] = hourly.load().count() if engine == "sail" else spark_session(engine).table(name).count()
seen["preview"] = hourly.preview(1)["columns"]
later = Column("newUsers", DOUBLE, "It's new", nullable=True, since=day2)
contract = contract_for("raw.ees_ga4_hourly")
all_contracts()[contract.table] = replace(contract, columns=[*contract.columns, later])
gained = TableDataset(table="raw.ees_ga4_hourly", mode="replace-slice", **lake)
new = SliceBatch(rows((day1, 0.0, 5.0, 1.0)), [str(day1)])
seen["read before"] = gained.load().where("hour = 3").collect()[0].newUsers
gained.save(new)
seen["gained at once"] = "newUsers" in gained.storage.columns()
gained.storage.add_columns(gained.storage.lacking())
gained.save(new)
seen["filled"] = sorted([row.hour, row.newUsers] for row in gained.load().collect())
if engine == "sail":
    DeltaTable(hourly.storage.location).alter.add_columns([Field("loaded_at", "string")])
else:
    spark_session(engine).sql(f"ALTER TABLE {name} ADD COLUMNS (loaded_at STRING)")
other = TableDataset(table="raw.ees_ga4_hourly", mode="replace-slice", **lake)
refusal("column of the table", lambda: other.save(SliceBatch(rows((day2, 0.0, 1.0, None)), [str(day2)])))
seen["after the last refusal"] = now()
print("SEEN " + json.dumps(seen))
"""


@pytest.fixture(
    scope="module",
    params=["sail", *(pytest.param(name, marks=pytest.mark.spark) for name in ("spark", "session"))],
)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What the script saw."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    arguments = [request.param, CATALOG[request.param], str(folder / "lake")]
    result = subprocess.run(
        [sys.executable, "-c", (CALLER if request.param == "session" else "") + SCRIPT, *arguments],
        cwd=folder, capture_output=True, text=True, timeout=600, env=dict(os.environ),
    )  # fmt: skip
    line = next((line for line in result.stdout.splitlines() if line.startswith("SEEN ")), None)
    assert line, result.stderr[-3000:]
    return json.loads(line.removeprefix("SEEN "))


def test_replaces_exactly_the_slices(seen):
    assert seen["replaced"] == [["2026-06-01", 0.0, 5.0], ["2026-06-02", 3.0, 9.0]]
    assert seen["state"] == {"2026-06-01": 1, "2026-06-02": 1}
    assert seen["name"] == 2


def test_replaces_the_whole_table(seen):
    assert seen["whole"] == [["b", "B"]]
    assert seen["previous"] == [{"slug": "b", "title": "B"}]


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ("missing table", "no such table"),
        ("extra column", "extra ['x']"),
        ("missing column", "missing ['hour']"),
        ("outside", "are outside the slices"),
        ("lossy cast", "without loss"),
        ("column of the table", "the contract lacks loaded_at STRING, which the table has"),
    ],
)
def test_refuses(seen, refusal, words):
    assert words in seen[refusal]
    assert seen["after the refusals"] == seen["after the last refusal"] == seen["replaced"]


def test_a_moment_is_the_same_whatever_the_clock(seen):
    assert seen["moment"] == "2026-03-29 01:30:00+00:00"
    assert seen["written now"]


def test_the_same_rows_are_written_once(seen):
    assert seen["written once"]


def test_a_table_of_a_catalogue_is_looked_up_once_until_it_is_written(seen):
    """Its columns are looked up again after a write: only the catalogue knows what others did meanwhile."""
    if seen["engine"] != "sail":
        assert seen["look-ups"] == ["table"]
        assert seen["look-ups of a write"] == []
        assert seen["look-ups after a write"] == ["table"]
        assert seen["written"] == [["c", "C"]]


def test_rows_of_a_large_table_are_persisted_on_a_cluster_until_they_are_written(seen):
    if seen["engine"] == "session":
        assert seen["large"] == [
            ["LargeRows", True, True],
            ["Table", False, False],
            ["LargeRows", True, False],
        ]
        assert (seen["released"], seen["written large"]) == (True, 20)


def test_a_table_of_a_catalogue_gains_a_column_only_on_request(seen):
    assert seen["read before"] is None
    assert seen["gained at once"] == (seen["engine"] == "sail")
    assert seen["filled"] == [[0.0, 1.0], [3.0, None]]


def test_previews(seen):
    assert seen["preview"] == ["date", "hour", "sessions"]
