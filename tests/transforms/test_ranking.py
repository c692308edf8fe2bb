from pyspark.sql import functions as F

from ees_analytics.transforms.ranking import first_rows


def _ranked(spark, rows, count):
    frame = spark.createDataFrame(rows, "publication string, query string, count double")
    order = [F.col("count").desc(), F.col("query").asc()]
    return sorted(tuple(row) for row in first_rows(frame, ["publication"], order, count).collect())


def test_each_group_has_its_own_ranks(spark):
    rows = [("a", "x", 1.0), ("a", "y", 2.0), ("b", "x", 0.0)]

    assert _ranked(spark, rows, 1) == [("a", "y", 2.0), ("b", "x", 0.0)]


def test_ties_go_by_code_point_as_on_every_engine(spark):
    """U+FF5E lies before U+1F600, though UTF-16 sorts them the other way; capitals lie before small letters."""
    rows = [("a", query, 1.0) for query in ("\U0001f600", "～", "a", "B", "é", "")]

    assert [query for _, query, _ in _ranked(spark, rows, 4)] == ["", "B", "a", "é"]
    assert [query for _, query, _ in _ranked(spark, rows, 5)] == ["", "B", "a", "é", "～"]


def test_nothing_has_no_first_row(spark):
    assert _ranked(spark, [], 3) == []
