import datetime as dt

import pytest

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import as_arrow, check
from ees_analytics.pipelines.reporting.public_api import ees_api_dataset_queries

CONTRACT = contract_for("app.ees_api_dataset_queries")

MONDAY, TUESDAY = dt.date(2024, 7, 1), dt.date(2024, 7, 2)
VERSIONS = (
    "dataSetVersionId string, dataSetId string, dataSetTitle string, dataSetVersion string, type string, "
    "_file_datetime timestamp, _file_date date"
)


@pytest.fixture
def counted(spark):
    def build(versions=(), queries=(), catalogue=()):
        calls = [
            (*row, dt.datetime.combine(day, dt.time(2, 30), tzinfo=dt.UTC), day) for *row, day in versions
        ]
        rows = ees_api_dataset_queries(
            spark.createDataFrame(calls, VERSIONS),
            spark.createDataFrame(list(queries), "dataSetVersionId string, _file_date date"),
            spark.createDataFrame(
                list(catalogue), "publication string, api_dataset_id string, last_updated date"
            ),
        )
        found = check(as_arrow(rows), CONTRACT).to_pylist()
        return sorted((tuple(row.values()) for row in found), key=str)

    return build


def test_calls_are_counted_by_day_and_version(counted):
    versions = [
        ("v1", "d", "Title", "1.0", "DownloadCsv", MONDAY),
        ("v1", "d", "Title", "1.0", "DownloadCsv", MONDAY),
        ("v1", "d", "Title", "1.0", "GetMetadata", MONDAY),
        ("v2", "d", "Title", "1.1", "DownloadCsv", MONDAY),
        ("v1", "d", "Title", "1.0", "GetChanges", TUESDAY),
    ]

    assert counted(versions, [("v1", MONDAY), ("v1", TUESDAY)], [("Absence", "d", MONDAY)]) == [
        (MONDAY, "d", "Title", "1.0", "Absence", 2, 1, 1),
        (MONDAY, "d", "Title", "1.1", "Absence", 1, 0, 0),
        (TUESDAY, "d", "Title", "1.0", "Absence", 0, 0, 1),
    ]


def test_two_titles_do_not_multiply_the_queries(counted):
    versions = [
        ("v", "d", "New", "1.0", "GetSummary", TUESDAY),
        ("v", "d", "Old", "1.0", "GetMetadata", MONDAY),
    ]
    catalogue = [("Absence", "d", MONDAY), ("Exclusions", "d", TUESDAY)]

    assert counted(versions, [("v", MONDAY)] * 3, catalogue) == [
        (MONDAY, "d", "New", "1.0", "Exclusions", 0, 0, 3),
        (MONDAY, "d", "Old", "1.0", "Exclusions", 0, 1, 0),
    ]


def test_unknown_versions_are_kept_in_one_row_a_day(counted):
    versions = [(None, "d", "Title", "1.0", "GetChanges", MONDAY)]

    assert counted(versions, [("?", MONDAY), ("!", MONDAY), (None, MONDAY)]) == [
        (MONDAY, None, None, None, None, 0, 0, 3)
    ]


def test_unknown_versions_are_reported(counted, caplog):
    queries = [("v", MONDAY), ("w", MONDAY), ("w", TUESDAY), (None, MONDAY)]

    counted([("v", "d", "Title", "1.0", "GetChanges", MONDAY)], queries)

    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "ees_api_dataset_queries: 3 queries of 2 data set version(s) that no log describes count without a data set: "
        "w (2), no version id (1). A log file may be missing."
    ]


def test_a_long_list_of_unknown_versions_is_cut(counted, caplog):
    counted(queries=[(f"v{number:02}", MONDAY) for number in range(12)])

    assert "v00 (1), v01 (1), v02 (1) and 9 more." in caplog.text


def test_known_versions_are_no_news(counted, caplog):
    counted([("v", "d", "Title", "1.0", "GetChanges", MONDAY)], [("v", MONDAY)])

    assert "no log describes" not in caplog.text


def test_a_data_set_that_the_catalogue_lacks_has_no_publication(counted):
    versions = [("v", "d", "Title", "1.0", "DownloadCsv", MONDAY)]

    assert counted(versions, catalogue=[("Absence", None, MONDAY)]) == [
        (MONDAY, "d", "Title", "1.0", None, 1, 0, 0)
    ]


def test_no_logs_give_no_rows(counted):
    assert counted() == []
