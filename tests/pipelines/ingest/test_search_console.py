"""Search Console from a local server over HTTP to Delta: what each run asks, writes and records."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import pytest
from deltalake import DeltaTable

from ees_analytics.parameters.google import SearchConsole
from ees_analytics.parameters.ingest import DailyCalendar
from ees_analytics.pipelines.ingest.pipeline import create_search_console_pipeline
from ees_analytics.runner import RunFailed
from ees_analytics.slices.landing_dataset import LandingDataset
from ees_analytics.sources.search_console.dataset import SearchConsoleDataset
from tests.pipelines.ingest.daily_lake import DailyLake
from tests.servers import search_console as fake
from tests.servers.search_console import SITE, SearchConsoleServer, rows_of

TABLE = "ees_search_console"
ROWS = 7


def days(first: int, last: int) -> list[str]:
    return [dt.date(2026, 6, day).isoformat() for day in range(first, last + 1)]


@pytest.fixture
def server():
    with SearchConsoleServer({day: rows_of(ROWS) for day in days(1, 30)}, withheld=(5, 90)) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path) -> DailyLake:
    return DailyLake(tmp_path, TABLE, create_search_console_pipeline())


@pytest.fixture
def lake_of_any_engine(tmp_path: Path, engine: str) -> DailyLake:
    """For what depends on the engine: commits and reads. Fetching, checking and planning do not."""
    return DailyLake(tmp_path, TABLE, create_search_console_pipeline(), engine)


def ingest(lake, server, run_date, *, calendar=None, asked=None, **source):
    dataset = SearchConsoleDataset(
        site=SITE, endpoint=server.url, page_rows=3, backoff_seconds=0.01, retries=1, **source
    )
    found = {"first_day": "2026-06-01", "lag_days": 3, "empty_is_final_after_days": 7, "history_months": 16}
    parameters = {
        "search_console": SearchConsole(),
        "search_console_calendar": DailyCalendar(**(found | (calendar or {}))),
    }
    server.requests.clear()
    lake.run(dataset, run_date, parameters, "search_console_calendar", **(asked or {}))


def test_first_load(lake, server):
    ingest(lake, server, "2026-06-08")
    assert lake.days() == dict.fromkeys(days(1, 5), ROWS)
    assert lake.states() == dict.fromkeys(days(1, 5), "committed")
    rows = lake.rows()
    assert rows.column_names == ["date", "pagePath", "query", "clicks", "impressions", "position"]
    first = {tuple(row.values()) for row in rows.to_pylist() if row["date"] == dt.date(2026, 6, 1)}
    assert first == {
        (dt.date(2026, 6, 1), page, query, float(clicks), float(impressions), position)
        for query, page, clicks, impressions, position in rows_of(ROWS)
    }


def test_coverage_is_kept_with_the_landed_day(lake, server):
    ingest(lake, server, "2026-06-05")
    zone = LandingDataset(table=TABLE, path=str(lake.landing)).load()
    kept = zone.describe(zone.landed["2026-06-01"])
    clicks = sum(row[2] for row in rows_of(ROWS))
    assert kept["metadata"]["coverage"]["clicks"] == clicks / (clicks + 5)
    assert kept["metadata"]["page_rows"] == [3, 3, 1]
    assert kept["request"]["dataState"] == "final"


def test_the_next_day_adds_exactly_one_day(lake, server):
    ingest(lake, server, "2026-06-08")
    ingest(lake, server, "2026-06-09")
    assert server.asked_days == ["2026-06-06"]
    assert lake.days() == dict.fromkeys(days(1, 6), ROWS)


def test_nothing_new_asks_and_writes_nothing(lake, server):
    ingest(lake, server, "2026-06-08")
    before = lake.version(), lake.ledger(), lake.files()
    ingest(lake, server, "2026-06-08")
    assert server.requests == []
    assert (lake.version(), lake.ledger(), lake.files()) == before


def test_a_gap_in_a_table_that_was_there_before_is_filled(lake_of_any_engine, server):
    ingest(lake_of_any_engine, server, "2026-06-08")
    whole = lake_of_any_engine.digest()
    DeltaTable(lake_of_any_engine.path).delete("date = '2026-06-03'")
    for path in lake_of_any_engine.landing.rglob("*.parquet"):
        path.unlink()
    ingest(lake_of_any_engine, server, "2026-06-08")
    assert server.asked_days == ["2026-06-03"]
    assert lake_of_any_engine.digest() == whole


def test_an_empty_day_is_remembered_and_not_asked_again(lake, server):
    del server.days["2026-06-02"]
    ingest(lake, server, "2026-06-12")
    assert lake.states()["2026-06-02"] == "empty"
    assert "2026-06-02" not in lake.days()
    ingest(lake, server, "2026-06-12")
    assert server.requests == []
    ingest(lake, server, "2026-06-13")
    assert server.asked_days == ["2026-06-10"]


def test_a_young_day_without_rows_is_waited_for(lake, server, caplog):
    del server.days["2026-06-05"]
    with caplog.at_level(logging.INFO, logger="ees_analytics"):
        ingest(lake, server, "2026-06-08")
    assert "not published yet" in caplog.text
    assert lake.days() == dict.fromkeys(days(1, 4), ROWS)
    assert "2026-06-05" not in lake.states()
    server.days["2026-06-05"] = rows_of(2)
    ingest(lake, server, "2026-06-09")
    assert server.asked_days == ["2026-06-05", "2026-06-06"]
    assert lake.days()["2026-06-05"] == 2


def test_no_rows_though_there_were_clicks_is_not_believed(lake, server):
    lost = {"when": lambda request: request.day == "2026-06-02" and not request.is_totals, "times": None}
    server.inject(fake.EMPTY_PAGE, **lost)
    with pytest.raises(RunFailed, match="no rows, though the day's totals"):
        ingest(lake, server, "2026-06-12")
    assert lake.states()["2026-06-02"] == "set aside"
    assert lake.days() == dict.fromkeys([day for day in days(1, 9) if day != "2026-06-02"], ROWS)
    server.heal()
    ingest(lake, server, "2026-06-12")
    assert lake.days() == dict.fromkeys(days(1, 9), ROWS)


def test_rows_above_the_totals_set_the_day_aside_after_three_tries(lake, server):
    less = fake.with_rows(lambda rows: [{**rows[0], "impressions": 1}] if rows else [])
    server.inject(less, times=None, when=lambda request: request.is_totals and request.day == "2026-06-04")
    with pytest.raises(RunFailed, match="impressions: the rows sum to"):
        ingest(lake, server, "2026-06-08")
    assert sum(request.is_totals and request.day == "2026-06-04" for request in server.requests) == 3
    assert lake.states()["2026-06-04"] == "set aside"
    assert "2026-06-04" not in lake.days()


@pytest.mark.parametrize("fault", [fake.REPEATED_PAGE, fake.OVERLAPPING_PAGE, fake.EMPTY_PAGE, fake.TWICE])
def test_a_page_that_moved_once_does_no_harm(lake, server, fault):
    server.inject(fault, request=2, when=lambda request: request.day == "2026-06-02")
    ingest(lake, server, "2026-06-06")
    assert lake.days() == dict.fromkeys(days(1, 3), ROWS)
    assert set(lake.states().values()) == {"committed"}


def test_another_days_rows_are_refused(lake, server):
    server.inject(fake.OTHER_DAY, times=None, when=lambda request: request.day == "2026-06-02")
    with pytest.raises(RunFailed):
        ingest(lake, server, "2026-06-06")
    assert list(lake.days()) == ["2026-06-01", "2026-06-03"]


def test_a_used_up_quota_keeps_what_came_and_the_next_run_goes_on(lake, server):
    server.inject(fake.QUOTA_EXCEEDED, request=22, times=None)
    with pytest.raises(RunFailed, match="quota of Search Console is used up"):
        ingest(lake, server, "2026-06-25", quota_patience_seconds=0.05)
    came = set(lake.days())
    assert 0 < len(came) < 22
    assert len(server.asked_days) < 10, "the rest is not asked for"
    server.heal()
    ingest(lake, server, "2026-06-25")
    assert not came & set(server.asked_days)
    assert lake.days() == dict.fromkeys(days(1, 22), ROWS)


def test_a_refused_account_commits_nothing(lake, server):
    server.inject(fake.PERMISSION, times=None)
    with pytest.raises(RunFailed, match="read access"):
        ingest(lake, server, "2026-06-08")
    assert lake.days() == {}


def test_a_day_read_again_by_hand_may_not_shrink(lake, server):
    ingest(lake, server, "2026-06-08")
    server.days["2026-06-02"] = rows_of(2)
    by_hand = {"from": "2026-06-02", "to": "2026-06-02"}
    with pytest.raises(RunFailed, match="more than 10% fewer"):
        ingest(lake, server, "2026-06-08", asked=by_hand)
    assert lake.days()["2026-06-02"] == ROWS
    ingest(lake, server, "2026-06-08", asked=by_hand, calendar={"max_shrink": 1.0})
    assert lake.days()["2026-06-02"] == 2


def test_days_beyond_the_history_are_never_asked_for(lake, server, caplog):
    """16 months before 2026-06-30 is 2025-02-28."""
    far = [dt.date(2025, 2, 25) + dt.timedelta(days=more) for more in range(6)]
    server.days |= {str(day): rows_of(3) for day in far}
    with caplog.at_level(logging.WARNING):
        ingest(
            lake, server, "2026-06-30", calendar={"first_day": "2025-02-25", "lag_days": 486},
            asked={"from": "2025-02-24", "to": "2025-02-27"},
        )  # fmt: skip
    assert server.asked_days == ["2025-02-28", "2025-03-01"]
    assert [record.message for record in caplog.records if "for good" in record.message] == [
        f"{TABLE}: 3 day(s) are missing for good, the source no longer has them: 2025-02-25 to 2025-02-27."
    ]


def test_days_that_are_about_to_be_forgotten_are_named(lake, server, caplog):
    server.days["2025-03-05"] = rows_of(3)
    server.inject(fake.UNAVAILABLE, times=None, when=lambda request: request.day == "2025-03-05")
    with caplog.at_level(logging.WARNING), pytest.raises(RunFailed):
        ingest(
            lake, server, "2026-06-30", calendar={"first_day": "2025-03-05", "lag_days": 480},
        )  # fmt: skip
    assert "about to be lost, the source will soon delete them: 2025-03-05" in caplog.text
