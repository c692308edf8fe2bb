import pytest

from ees_analytics.transforms import local_rows
from ees_analytics.transforms.local_rows import materialize_small

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
