import pyarrow as pa
import pytest

from ees_analytics.transforms import local_rows
from ees_analytics.transforms.local_rows import frame_of, materialize_small

ROWS = [("a", 1.5, None), (None, 2.0, "x")]


@pytest.mark.parametrize("most_bytes", [local_rows._MOST_BYTES, 0])
@pytest.mark.parametrize("rows", [ROWS, []])
def test_rows_and_columns_stay_as_they_are(spark, monkeypatch, most_bytes, rows):
    monkeypatch.setattr(local_rows, "_MOST_BYTES", most_bytes)
    frame = spark.createDataFrame(rows, "one string, two double, three string")

    kept = materialize_small(frame)

    assert kept.columns == frame.columns
    assert [field.dataType for field in kept.schema] == [field.dataType for field in frame.schema]
    assert list(map(tuple, kept.collect())) == rows


@pytest.mark.parametrize("numbers", [[], [1, None]])
def test_rows_are_data_of_the_query_even_where_there_are_none(spark, engine, numbers):
    """Spark Connect does not refuse them, and the JVM starts no Python process for them."""
    schema = pa.schema([("number", pa.int64()), ("text", pa.string()), ("at", pa.timestamp("us", "UTC"))])
    rows = pa.Table.from_pylist([{"number": number} for number in numbers], schema)
    frame = frame_of(rows, spark)
    assert frame.dtypes == [("number", "bigint"), ("text", "string"), ("at", "timestamp")]
    assert [row["number"] for row in frame.collect()] == numbers
    if engine == "spark":
        assert "LocalTableScan" in frame._jdf.queryExecution().toString()
