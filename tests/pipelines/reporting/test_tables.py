import datetime as dt

import pytest

from ees_analytics.lake.engine import spark_session
from ees_analytics.pipelines.reporting.tables import sum_to

DAY = dt.date(2026, 6, 1)


@pytest.fixture
def rows():
    session = spark_session("spark")
    frame = session.createDataFrame(
        [(DAY, "Release page", "Absence", "Table", 1.5), (DAY, "Release page", "Absence", "Table", 2.0)],
        "date date, page_type string, publication string, eventLabel string, eventCount double",
    )
    return frame.union(frame)


def plan(sums):
    return sums._jdf.queryExecution().executedPlan().toString()


@pytest.mark.spark
def test_spark_sums_rows_without_a_shuffle(rows):
    """Most rows of a table have a key of their own: they would be grouped, shuffled and grouped again."""
    sums = sum_to("ees_publication_accordions", rows)

    assert sums.collect() == [(DAY, "Release page", "Absence", "Table", 7.0)]
    assert "Exchange" not in plan(sums)


@pytest.mark.spark
def test_a_cluster_sums_rows_in_many_tasks(rows):
    rows.sparkSession.conf.set("spark.sql.shuffle.partitions", "2")
    try:
        sums = sum_to("ees_publication_accordions", rows)

        assert sums.collect() == [(DAY, "Release page", "Absence", "Table", 7.0)]
        assert "Coalesce" not in plan(sums)
    finally:
        rows.sparkSession.conf.set("spark.sql.shuffle.partitions", "1")
