import datetime as dt

from ees_analytics.pipelines.reporting.public_api import (
    data_set_publications,
    known_versions,
    unknown_versions,
)

CALLS = (
    "dataSetVersionId string, dataSetId string, dataSetTitle string, dataSetVersion string, "
    "_file_datetime timestamp, _file_date date"
)
JULY = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
AUGUST = dt.datetime(2024, 8, 1, tzinfo=dt.UTC)


def _calls(spark, *rows):
    return spark.createDataFrame([(*row, row[-1].date()) for row in rows], CALLS)


def _versions(spark, *rows):
    return [tuple(row) for row in known_versions(_calls(spark, *rows)).collect()]


def test_the_newest_file_names_a_version(spark):
    rows = [("v", "d", "New title", "1.0", AUGUST), ("v", "d", "Old title", "1.0", JULY)]

    assert _versions(spark, *rows) == [("v", "d", "New title", "1.0")]


def test_a_row_with_a_data_set_id_counts_before_a_newer_one_without(spark):
    rows = [("v", None, "New title", "1.1", AUGUST), ("v", "d", "Old title", "1.0", JULY)]

    assert _versions(spark, *rows) == [("v", "d", "Old title", "1.0")]


def test_ties_go_to_the_greatest_id_then_title_then_version(spark):
    rows = [
        ("v", "d1", "z", "9", JULY),
        ("v", "d2", "a", "2.0", JULY),
        ("v", "d2", "b", "1.0", JULY),
        ("v", "d2", "b", None, JULY),
        ("v", "d2", None, "3.0", JULY),
    ]

    assert _versions(spark, *rows) == [("v", "d2", "b", "1.0")]


def test_rows_without_a_version_are_no_version(spark):
    assert _versions(spark, (None, "d", "a", "1.0", JULY)) == []


def test_the_catalogues_newest_entry_names_the_publication(spark):
    day = dt.date(2025, 1, 1)
    rows = [
        ("Old", "d", day),
        ("Newer a", "d", day + dt.timedelta(days=1)),
        ("Newer b", "d", day + dt.timedelta(days=1)),
        ("Undated", "d", None),
        ("Not in the API", None, day),
    ]
    catalogue = spark.createDataFrame(rows, "publication string, api_dataset_id string, last_updated date")

    assert [tuple(row) for row in data_set_publications(catalogue).collect()] == [("d", "Newer b")]


def test_queries_of_unknown_versions_are_counted(spark):
    queries = spark.createDataFrame([("v",), ("w",), ("w",), (None,)], "dataSetVersionId string")

    known = known_versions(_calls(spark, ("v", "d", "a", "1.0", JULY)))
    unknown = unknown_versions(queries, known)

    assert sorted((tuple(row) for row in unknown.collect()), key=str) == [("w", 2), (None, 1)]
