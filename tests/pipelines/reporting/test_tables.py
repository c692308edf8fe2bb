import datetime as dt
import os

import pytest
from pyspark.sql import functions as F

from ees_analytics.lake.engine import spark_session
from ees_analytics.pipelines.reporting.tables import sum_to

DAY = dt.date(2026, 6, 1)
ROWS = [(DAY, path, "Table", count) for path, count in {"/a": 1.5, "/b": 2.0, "/c": 4.0, "/d": 8.0}.items()]
VALUES = [("/a", "Release page", "Absence"), ("/b", "Release page", "Absence"), ("/c", "Release page", None)]
"""Two paths with the same labels, and one without a publication; ``/d`` is not in the table."""


def sums(engine):
    session = spark_session(engine)
    rows = session.createDataFrame(ROWS, "date date, pagePath string, eventLabel string, eventCount double")
    values = session.createDataFrame(VALUES, "pagePath string, page_type string, publication string")
    return sum_to("ees_publication_accordions", rows.union(rows), F.broadcast(values))


def assert_summed(found):
    assert sorted(map(tuple, found.collect()), key=lambda row: row[-1]) == [
        (DAY, "Release page", "Absence", "Table", 7.0),
        (DAY, "Release page", None, "Table", 8.0),
    ]


def plan(found):
    return found._jdf.queryExecution().executedPlan().toString()


def test_rows_are_summed_by_their_labels():
    assert_summed(sums("sail"))


def test_a_key_column_of_rows_and_values_stays_apart():
    """As ``eventLabel`` of downloads: rows of two paths are summed, two labels of one publication are not; null is a label."""
    session = spark_session("sail")
    publications = {"Absence": "Pupil absence", "Rates": "Pupil absence", None: None}
    rows = [(DAY, path, label, 1.0) for path in ("/a", "/b") for label in (*publications, "not a value")]
    rows = session.createDataFrame(rows, "date date, pagePath string, eventLabel string, eventCount double")
    values = [
        (path, label, "Table tool", name) for path in ("/a", "/b") for label, name in publications.items()
    ]
    columns = "pagePath string, eventLabel string, page_type string, publication string"

    found = sum_to("ees_publication_accordions", rows, session.createDataFrame(values, columns))

    assert sorted(map(tuple, found.collect()), key=str) == [
        (DAY, "Table tool", "Pupil absence", "Absence", 2.0),
        (DAY, "Table tool", "Pupil absence", "Rates", 2.0),
        (DAY, "Table tool", None, None, 2.0),
    ]


def test_rows_that_share_a_label_lie_together():
    """Sail sums rows in the order of their labels where these have many values: the file of downloads is a fifth smaller."""
    session = spark_session("sail")
    if os.environ["SAIL_EXECUTION__DEFAULT_PARALLELISM"] != "1":
        pytest.skip("Sail sums the rows of a label in several threads here.")
    days = [DAY, DAY + dt.timedelta(days=1)]
    rows = [(day, "/a", label, 1.0) for day in days for label in ("Rates", "Absence")]
    rows = session.createDataFrame(rows, "date date, pagePath string, eventLabel string, eventCount double")
    values = [("/a", label, "Table tool", None) for label in ("Rates", "Absence")]
    columns = "pagePath string, eventLabel string, page_type string, publication string"

    found = sum_to("ees_publication_accordions", rows, session.createDataFrame(values, columns))

    assert [row["eventLabel"] for row in found.collect()] == ["Absence", "Absence", "Rates", "Rates"]


@pytest.mark.spark
def test_spark_sums_rows_without_a_shuffle():
    """Most rows of a table have a key of their own: they would be grouped, shuffled and grouped again."""
    found = sums("spark")

    assert_summed(found)
    assert "Exchange" not in plan(found).replace("BroadcastExchange", "")  # of the values


@pytest.mark.spark
def test_a_cluster_sums_rows_in_many_tasks():
    session = spark_session("spark")
    session.conf.set("spark.sql.shuffle.partitions", "2")
    try:
        found = sums("spark")

        assert_summed(found)
        assert "Coalesce" not in plan(found)
    finally:
        session.conf.set("spark.sql.shuffle.partitions", "1")
