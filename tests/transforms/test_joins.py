from ees_analytics.transforms.joins import join_many_to_one

ROWS = [(None, "x", 1), ("a", None, 2), ("a", "x", 3), ("", "x", 4), ("a", "x", 3), ("b", "x", 5)]


def test_every_row_stays_once_and_null_finds_null(spark):
    rows = spark.createDataFrame(ROWS, "one string, two string, n int")
    lookup = spark.createDataFrame(
        [(None, "x", "null"), ("a", None, "a-null"), ("a", "x", "a-x"), ("unused", "x", "no")],
        "one string, two string, label string",
    )

    joined = join_many_to_one(rows, lookup, ["one", "two"])

    assert joined.columns == ["one", "two", "n", "label"]
    found = sorted(((row["n"], row["label"]) for row in joined.collect()), key=lambda pair: pair[0])
    assert found == [(1, "null"), (2, "a-null"), (3, "a-x"), (3, "a-x"), (4, None), (5, None)]


def test_empty_sides(spark):
    rows = spark.createDataFrame(ROWS, "one string, two string, n int")
    lookup = spark.createDataFrame([], "one string, label string")

    assert {row["label"] for row in join_many_to_one(rows, lookup, ["one"]).collect()} == {None}
    assert join_many_to_one(lookup, rows.drop("two").limit(0), ["one"]).collect() == []


def test_unmatched_rows_may_be_left_out(spark):
    rows = spark.createDataFrame(ROWS, "one string, two string, n int")
    lookup = spark.createDataFrame([(None, "null"), ("b", "b")], "one string, label string")

    joined = join_many_to_one(rows, lookup, ["one"], keep_unmatched=False)

    assert sorted((row["n"], row["label"]) for row in joined.collect()) == [(1, "null"), (5, "b")]
