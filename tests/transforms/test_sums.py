from ees_analytics.transforms.sums import sum_by


def test_null_and_empty_are_keys_of_their_own(spark):
    rows = spark.createDataFrame(
        [(None, 1.0, 1.0), ("", 2.0, 1.0), (None, 4.0, None), ("a", 8.0, None)],
        "key string, one double, two double",
    )

    summed = sum_by(rows, ["key"], ["one", "two"])

    assert {tuple(row) for row in summed.collect()} == {(None, 5.0, 1.0), ("", 2.0, 1.0), ("a", 8.0, None)}
