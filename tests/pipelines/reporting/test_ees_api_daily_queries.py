import datetime as dt

import pytest

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import as_arrow, check
from ees_analytics.pipelines.reporting.public_api import ees_api_daily_queries

CONTRACT = contract_for("app.ees_api_daily_queries")

MONDAY, TUESDAY = dt.date(2024, 7, 1), dt.date(2024, 7, 2)


@pytest.fixture
def counted(spark):
    def build(top_level=(), publications=(), data_sets=(), versions=(), queries=()):
        logs = [
            spark.createDataFrame(list(log), "_file_date date, type string")
            for log in (top_level, publications, data_sets, versions)
        ]
        access = spark.createDataFrame([(day,) for day in queries], "_file_date date")
        rows = check(as_arrow(ees_api_daily_queries(*logs, access)), CONTRACT).to_pylist()
        return {
            row.pop("date"): {name: count for name, count in row.items() if count}
            for row in sorted(rows, key=lambda row: row["date"])
        }

    return build


def test_a_summary_is_counted_by_the_log_it_stands_in(counted):
    summary = (MONDAY, "GetSummary")

    assert counted(publications=[summary], data_sets=[summary] * 2, versions=[summary] * 3) == {
        MONDAY: {"GetPublicationSummary": 1, "GetDataSetSummary": 2, "GetVersionSummary": 3}
    }


def test_every_type_is_a_column(counted):
    assert counted(
        top_level=[(MONDAY, "GetPublications")],
        publications=[(MONDAY, "GetDataSets")],
        data_sets=[(MONDAY, "GetVersions")],
        versions=[(MONDAY, "DownloadCsv"), (MONDAY, "GetMetadata"), (MONDAY, "GetChanges")],
        queries=[MONDAY, MONDAY],
    ) == {
        MONDAY: {
            "GetPublications": 1,
            "GetDataSets": 1,
            "GetVersions": 1,
            "DownloadCsv": 1,
            "GetMetadata": 1,
            "GetChanges": 1,
            "PostQueryExecutions": 2,
        }
    }


def test_a_day_with_nothing_but_unknown_types_has_zeros(counted):
    assert counted(top_level=[(MONDAY, "GetUnknown"), (MONDAY, None)], queries=[TUESDAY]) == {
        MONDAY: {},
        TUESDAY: {"PostQueryExecutions": 1},
    }


def test_queries_are_counted_from_their_own_log_only(counted):
    assert counted(top_level=[(MONDAY, "PostQueryExecutions")], queries=[TUESDAY]) == {
        MONDAY: {},
        TUESDAY: {"PostQueryExecutions": 1},
    }


def test_no_logs_give_no_rows(counted):
    assert counted() == {}
