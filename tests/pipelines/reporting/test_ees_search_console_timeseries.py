import datetime as dt

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import as_arrow, check
from ees_analytics.pipelines.reporting.search import (
    ees_search_console_timeseries,
)

CONTRACT = contract_for("app.ees_search_console_timeseries")

COLUMNS = "date date, clicks double, impressions double"
DAYS = [dt.date(2023, 10, day) for day in (7, 8, 9)]


def _days(spark, new, old):
    rows = ees_search_console_timeseries(
        spark.createDataFrame(new, f"{COLUMNS}, query string"), spark.createDataFrame(old, COLUMNS)
    )
    return sorted(tuple(row.values()) for row in check(as_arrow(rows), CONTRACT).to_pylist())


def test_a_day_of_both_tables_is_one_row(spark):
    new = [(DAYS[1], 1.0, 10.0, "a"), (DAYS[1], 2.0, 20.0, "b"), (DAYS[2], 0.0, 5.0, "a")]
    old = [(DAYS[0], 7.0, 70.0), (DAYS[1], 4.0, 40.0)]

    assert _days(spark, new, old) == [(DAYS[0], 7.0, 70.0), (DAYS[1], 7.0, 70.0), (DAYS[2], 0.0, 5.0)]


def test_without_the_frozen_table_the_new_one_stands_alone(spark):
    assert _days(spark, [(DAYS[2], 1.0, 2.0, "a")], []) == [(DAYS[2], 1.0, 2.0)]
    assert _days(spark, [], []) == []
