import datetime as dt

from ees_analytics.parameters.ingest import DeclaredDays
from ees_analytics.slices.days import days_of, gaps, known_to_lack, missing_days
from ees_analytics.slices.ledger import LedgerEntry, SliceState, entries_to_rows

NOW = dt.datetime(2026, 6, 30, 6, tzinfo=dt.UTC)


def test_the_days_of_tables_in_one_query(spark):
    days = [dt.date(2026, 6, 23), dt.date(2026, 6, 25), dt.date(2026, 6, 25), None]
    rows = spark.createDataFrame([(day,) for day in days], "date date")
    moments = spark.createDataFrame([(dt.datetime(2026, 6, 24),)], "date timestamp_ntz")
    tables = {"a": rows, "b": moments, "c": rows.limit(0)}

    found = {table: sorted(days) for table, days in days_of(tables).items()}

    assert found == {"a": ["2026-06-23", "2026-06-25"], "b": ["2026-06-24"], "c": []}
    assert days_of({"a": rows}, dt.date(2026, 6, 24)) == {"a": ["2026-06-25"]}
    assert days_of({}) == {}


def test_days_that_the_ledger_knows_as_empty_and_declared_ones(spark):
    """A day that was committed and is no longer in the table is not known as empty; the newest entry counts."""
    states = [
        ("a", "2026-06-23", SliceState.EMPTY),
        ("a", "2026-06-24", SliceState.COMMITTED),
        ("a", "2026-06-25", SliceState.EMPTY),
        ("a", "2026-06-25", SliceState.COMMITTED),
        ("b", "2026-06-24", SliceState.EMPTY),
    ]
    entries = [
        LedgerEntry(table, day, state, "run", NOW + dt.timedelta(seconds=number))
        for number, (table, day, state) in enumerate(states)
    ]
    ledger = spark.createDataFrame(entries_to_rows(entries))

    assert known_to_lack(ledger, ["a", "c"], []) == {"a": {"2026-06-23"}, "c": set()}
    declared = DeclaredDays(**{"table": "a", "from": "2026-06-26", "to": "2026-06-27", "reason": "lost"})
    assert known_to_lack(ledger.limit(0), ["a", "c"], [declared]) == {
        "a": {"2026-06-26", "2026-06-27"},
        "c": set(),
    }


def test_gaps_are_days_between_that_are_not_known():
    assert gaps(["2026-06-23", "2026-06-26"], ["2026-06-24"]) == ["2026-06-25"]
    assert gaps(["2026-06-23"], [], ["2026-06-21", "2026-06-22"]) == ["2026-06-21", "2026-06-22"]
    assert gaps([], []) == []


def test_pages_and_events_are_counted_together():
    """A day that only one of them has is left out of ees_publication_summary, so it is named.

    All tables of Google Analytics 4 end on the same day: one that ends earlier lacks the days after it.
    """
    days = {
        "ees_ga4_page": ["2026-06-23", "2026-06-24"],
        "ees_ga4_events": ["2026-06-24", "2026-06-25"],
        "ees_ga4_hourly": ["2026-06-24"],
        "ees_search_console": ["2026-06-24"],
        "ees_ua_page": ["2023-06-01"],
        "ees_ua_events": [],
    }
    known = {"ees_ga4_page": ["2026-06-25"], "ees_ua_events": ["2023-06-01"]}

    assert missing_days(days, {}) == {
        "ees_ga4_page": ["2026-06-25"],
        "ees_ga4_events": ["2026-06-23"],
        "ees_ga4_hourly": ["2026-06-25"],
        "ees_ua_events": ["2023-06-01"],
    }
    assert missing_days(days, known).keys() == {"ees_ga4_events", "ees_ga4_hourly"}
