import datetime as dt

import pytest

from ees_analytics.lake.engine import spark_session
from ees_analytics.pipelines.reporting.tables import sum_to

DAY = dt.date(2026, 6, 1)


@pytest.mark.spark
def test_spark_sums_rows_without_a_shuffle():
    """Most rows of a table have a key of their own: they would be grouped, shuffled and grouped again."""
    session = spark_session("spark")
    frame = session.createDataFrame(
        [(DAY, "Release page", "Absence", "Table", 1.5), (DAY, "Release page", "Absence", "Table", 2.0)],
        "date date, page_type string, publication string, eventLabel string, eventCount double",
    )

    sums = sum_to("ees_publication_accordions", frame.union(frame))

    assert sums.collect() == [(DAY, "Release page", "Absence", "Table", 7.0)]
    assert "Exchange" not in sums._jdf.queryExecution().executedPlan().toString()
