import pytest
from kedro.io import DatasetError
from pyspark.sql import functions as F

from ees_analytics.lake.computed_rows import ComputedRowsDataset
from ees_analytics.lake.engine import spark_session

ROWS = [("a", 1.5, "x"), (None, 2.0, "y"), ("c", None, "x")]
COLUMNS = "one string, two double, three string"


@pytest.mark.parametrize("rows", [ROWS, []])
@pytest.mark.parametrize("options", [{}, {"partition_by": ["three"]}], ids=["one file", "partitions"])
def test_rows_and_columns_stay_as_they_are(spark, rows, options):
    frame = spark.createDataFrame(rows, COLUMNS)

    dataset = saved(frame, engine="sail", **options)

    loaded = dataset.load()
    assert loaded.columns == frame.columns
    assert [field.dataType for field in loaded.schema] == [field.dataType for field in frame.schema]
    assert sorted(map(tuple, loaded.collect()), key=str) == sorted(rows, key=str)
    assert loaded.where(F.col("three") == "x").count() == sum(row[2] == "x" for row in rows)


@pytest.mark.parametrize("options", [{"engine": "sail"}, {"engine": "session", "small": True}])
def test_rows_are_computed_once(spark, options):
    frame = spark.createDataFrame(ROWS, COLUMNS).withColumn("random", F.rand())

    dataset = saved(frame, **options)

    assert sorted(dataset.load().collect(), key=str) == sorted(dataset.load().collect(), key=str)


@pytest.mark.spark
@pytest.mark.parametrize("options", [{}, {"partition_by": ["three"]}], ids=["one file", "partitions"])
def test_kept_rows_are_read_in_one_task(options):
    frame = spark_session("spark").createDataFrame([*ROWS, *ROWS], COLUMNS)

    dataset = saved(frame, engine="spark", **options)

    rows = dataset.load()
    assert sorted(map(tuple, rows.groupBy("one").count().collect()), key=str) == [
        ("a", 2),
        ("c", 2),
        (None, 2),
    ]
    assert rows.rdd.getNumPartitions() == 1


def test_a_cluster_keeps_large_rows_as_a_query(spark):
    frame = spark.createDataFrame(ROWS, COLUMNS)

    assert saved(frame, engine="session").load() is frame


def test_rows_that_no_step_made_are_refused():
    with pytest.raises(DatasetError, match="No step has made these rows"):
        ComputedRowsDataset(engine="sail").load()


def saved(frame, **options):
    dataset = ComputedRowsDataset(**options)
    dataset.save(frame)
    return dataset
