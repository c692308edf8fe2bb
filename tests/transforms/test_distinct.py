import datetime as dt

import pytest
from pyspark.sql import functions as F
from pyspark.sql.connect.client import SparkConnectClient

from ees_analytics.transforms.distinct import distinct_paths, distinct_values, grouped, once_per_value

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2024, 2, 1)


def test_null_and_empty_are_values_of_their_own(spark):
    rows = spark.createDataFrame(
        [(FIRST, None, "x", 1.0), (LAST, None, "x", 2.0), (FIRST, "", "x", 4.0), (FIRST, "", None, None)],
        "date date, one string, two string, count double",
    )

    values = distinct_values(rows, ["one", "two"], "count")

    assert values.columns == ["one", "two", "rows", "count", "first_date", "last_date"]
    assert {tuple(row) for row in values.collect()} == {
        (None, "x", 2, 3.0, FIRST, LAST),
        ("", "x", 1, 4.0, FIRST, FIRST),
        ("", None, 1, None, FIRST, FIRST),
    }


def test_rows_are_grouped_without_a_request_for_their_columns(spark, monkeypatch):
    """Through Databricks Connect each request goes over the network."""
    rows = spark.createDataFrame([("/a", 1), ("/a", 2)], "pagePath string, n int")
    with monkeypatch.context() as patch:
        patch.setattr(SparkConnectClient, "schema", lambda *_: pytest.fail("a request"))
        counted = grouped(rows, ["pagePath", (F.col("n") > 0).alias("some")]).agg(F.sum("n").alias("n"))
    assert [tuple(row) for row in counted.collect()] == [("/a", True, 3)]


def test_distinct_paths_have_their_number_of_rows(spark):
    rows = spark.createDataFrame([("/a",), ("/b",), ("/a",), (None,)], "pagePath string")

    found = distinct_paths(rows).toArrow().to_pylist()

    assert sorted((row["pagePath"] or "", row["rows"]) for row in found) == [("", 1), ("/a", 2), ("/b", 1)]


def test_a_condition_is_tested_once_per_value(spark, tmp_path, capsys):
    """Not for each row: neither before the rows are grouped, nor where they are joined to the values."""
    spark.createDataFrame([("/a", 1), ("/b", 2), ("/a", 3)], "pagePath string, n int").write.parquet(
        str(tmp_path / "rows")
    )
    rows = spark.read.parquet(str(tmp_path / "rows"))
    paths = distinct_paths(rows).where(once_per_value(F.col("pagePath").contains(F.lit("/a"))))
    joined = paths.join(rows, "pagePath")

    assert sorted(row["n"] for row in joined.toArrow().to_pylist()) == [1, 3]
    joined.explain()
    plan = capsys.readouterr().out.lower()
    assert plan.count("contains(") == 1
    assert plan.index("contains(") < plan.index("aggregate")
