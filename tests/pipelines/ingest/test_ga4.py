"""GA4 from a local server through Google's own client to Delta: what each run asks, writes and records."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from deltalake import DeltaTable, write_deltalake

from ees_analytics.parameters.google import Ga4
from ees_analytics.parameters.ingest import DailyCalendar, KnownDays, LoadLimits
from ees_analytics.pipelines.ingest.pipeline import create_ga4_pipeline
from ees_analytics.runner import RunFailed
from ees_analytics.sources.ga4.client import PropertyLimits
from ees_analytics.sources.ga4.dataset import Ga4ReportDataset
from tests.conftest import PROJECT
from tests.pipelines.ingest.daily_lake import DailyLake
from tests.servers.ga4 import Ga4Server
from tests.servers.ga4_faults import (
    DAILY_QUOTA,
    PERMISSION,
    Alter,
    Status,
    drifting_row_count,
    other_in,
    with_metadata,
)

TABLE = "ees_ga4_source_medium"
PIPELINE = create_ga4_pipeline()
REPORTS = yaml.safe_load((PROJECT / "conf/base/globals_ga4.yml").read_text())["ga4_reports"]
REPORT = REPORTS[TABLE]
DIMENSIONS, METRICS = list(REPORT["dimensions"]), list(REPORT["metrics"])
PAGES = ("/", "/find-statistics/a", "(not set)", "")


def answer_rows(day: str, pages: tuple[str, ...] = PAGES, views: int = 8) -> list[tuple[str, ...]]:
    stamp = day.replace("-", "")
    return [
        (stamp, page, "google", medium, *[str(views if name == "screenPageViews" else 3) for name in METRICS])
        for page in pages
        for medium in ("organic", "(none)")
    ]


def days(first: int, last: int) -> list[str]:
    return [dt.date(2026, 6, day).isoformat() for day in range(first, last + 1)]


@pytest.fixture(autouse=True)
def no_server_errors_before():
    """Server errors are counted per host and property; a port may come back to another test."""
    PropertyLimits._known.clear()


@pytest.fixture
def server():
    with Ga4Server.of_rows(DIMENSIONS, METRICS, {day: answer_rows(day) for day in days(1, 30)}) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path) -> DailyLake:
    return DailyLake(tmp_path, TABLE, PIPELINE)


@pytest.fixture
def lake_of_any_engine(tmp_path: Path, engine: str) -> DailyLake:
    """For what depends on the engine: commits and reads. Fetching, checking and planning do not."""
    return DailyLake(tmp_path, TABLE, PIPELINE, engine)


def ingest(
    lake: DailyLake,
    server: Ga4Server,
    run_date: str,
    *,
    endpoint=None,
    page_rows=250_000,
    limits=None,
    **more,
):
    calendar = {"first_day": "2026-06-01", "lag_days": 2} | {
        key: more.pop(key)
        for key in ("restate_days", "max_shrink", "empty_is_final_after_days")
        if key in more
    }
    source = Ga4ReportDataset(
        table=TABLE, reports=REPORTS, property_id="369420610", endpoint=endpoint or server.grpc,
        page_rows=page_rows, backoff_seconds=0.01, retries=1,
    )  # fmt: skip
    parameters = {"ga4": Ga4(reports=REPORTS), "ga4_calendar": DailyCalendar(**calendar)}
    lake.run(source, run_date, parameters, "ga4_calendar", limits, **more)


def asked_days(server: Ga4Server) -> list[str]:
    return sorted({request.day for request in server.requests})


@pytest.mark.parametrize("transport", ["grpc", "rest"])
def test_first_load(lake, server, transport):
    ingest(lake, server, "2026-06-07", endpoint=getattr(server, transport))
    assert lake.days() == dict.fromkeys(days(1, 5), 8)
    assert lake.states() == dict.fromkeys(days(1, 5), "committed")
    rows = lake.rows().sort_by([("date", "ascending"), ("pagePath", "ascending")]).to_pylist()
    row = next(row for row in rows if row["pagePath"] == "/find-statistics/a")
    assert row["date"] == dt.date(2026, 6, 1)
    assert row["pageviews"] == 8.0
    assert row["avgTimeOnPage"] == 3 / 8
    entry = lake.ledger()[0]
    assert (entry.rows, entry.expected_rows, entry.run_id, entry.sampled) == (8, 8, "run-1", False)


def test_the_next_day_adds_exactly_one_day(lake, server):
    ingest(lake, server, "2026-06-07")
    before = lake.rows()
    server.requests.clear()
    ingest(lake, server, "2026-06-08")
    assert asked_days(server) == ["2026-06-06"]
    assert lake.days() == dict.fromkeys(days(1, 6), 8)
    assert lake.rows().num_rows == before.num_rows + 8


def test_nothing_new_asks_and_writes_nothing(lake, server):
    ingest(lake, server, "2026-06-07")
    version, ledger, files = lake.version(), lake.ledger(), lake.files()
    server.requests.clear()
    ingest(lake, server, "2026-06-07")
    assert server.requests == []
    assert (lake.version(), lake.ledger(), lake.files()) == (version, ledger, files)


def test_a_gap_is_filled_from_the_landing_zone_without_asking(lake_of_any_engine, server):
    ingest(lake_of_any_engine, server, "2026-06-07")
    whole = lake_of_any_engine.digest()
    DeltaTable(lake_of_any_engine.path).delete("date = '2026-06-03'")
    server.requests.clear()
    ingest(lake_of_any_engine, server, "2026-06-07")
    assert server.requests == []
    assert lake_of_any_engine.digest() == whole


def test_a_gap_is_asked_for_where_the_landing_zone_is_gone(lake, server):
    ingest(lake, server, "2026-06-07")
    whole = lake.digest()
    DeltaTable(lake.path).delete("date = '2026-06-03'")
    shutil.rmtree(lake.landing)
    server.requests.clear()
    ingest(lake, server, "2026-06-07")
    assert asked_days(server) == ["2026-06-03"]
    assert lake.digest() == whole


def test_a_table_emptied_by_hand_comes_back(lake, server):
    ingest(lake, server, "2026-06-07")
    whole = lake.digest()
    DeltaTable(lake.path).delete()
    ingest(lake, server, "2026-06-07")
    assert lake.digest() == whole


def test_the_landing_zone_rebuilds_table_and_ledger_without_network(lake, server):
    ingest(lake, server, "2026-06-07")
    whole = lake.digest()
    shutil.rmtree(lake.path.parent)
    server.close()
    ingest(lake, server, "2026-06-07")
    assert lake.digest() == whole
    assert lake.states() == dict.fromkeys(days(1, 5), "committed")


def test_a_value_that_somebody_removed_stays_removed(lake, server):
    """docs/personal-data.md, "Remove a value"."""
    ingest(lake, server, "2026-06-05")
    DeltaTable(lake.path).update({"pagePath": "'(removed)'"}, predicate="pagePath = '/find-statistics/a'")
    for file in lake.landing.glob("*.parquet"):
        file.unlink()
    server.requests.clear()
    ingest(lake, server, "2026-06-06")
    assert asked_days(server) == ["2026-06-04"]
    removed = [row["pagePath"] for row in lake.rows().to_pylist() if str(row["date"]) < "2026-06-04"]
    assert "(removed)" in removed
    assert "/find-statistics/a" not in removed


def test_a_lost_ledger_is_written_anew(lake, server):
    ingest(lake, server, "2026-06-07")
    before = {entry.slice: (entry.state, entry.rows, entry.digest) for entry in lake.ledger()}
    shutil.rmtree(lake.path.parent / "ees_ingest_ledger")
    version = lake.version()
    ingest(lake, server, "2026-06-07")
    assert {entry.slice: (entry.state, entry.rows, entry.digest) for entry in lake.ledger()} == before
    assert lake.version() == version


def test_an_existing_table_without_ledger_is_adopted(lake_of_any_engine, server):
    ingest(lake_of_any_engine, server, "2026-06-05")
    rows = lake_of_any_engine.rows()
    shutil.rmtree(lake_of_any_engine.path.parent)
    shutil.rmtree(lake_of_any_engine.landing)
    write_deltalake(lake_of_any_engine.path, rows)
    server.requests.clear()
    ingest(lake_of_any_engine, server, "2026-06-06")
    assert asked_days(server) == ["2026-06-04"]
    assert lake_of_any_engine.states() == dict.fromkeys(days(1, 4), "committed")
    assert "adopted" in lake_of_any_engine.ledger()[0].reason
    ledger = lake_of_any_engine.ledger()
    ingest(lake_of_any_engine, server, "2026-06-06")
    assert lake_of_any_engine.ledger() == ledger


@pytest.mark.parametrize("transport", ["grpc", "rest"])
def test_pages(lake, server, transport):
    ingest(lake, server, "2026-06-03", endpoint=getattr(server, transport), page_rows=3)
    assert lake.days() == {"2026-06-01": 8}
    assert [request.offset for request in server.requests if not request.is_totals] == [0, 3, 6]


def test_a_damaged_landing_file_is_fetched_again(lake, server):
    ingest(lake, server, "2026-06-03")
    whole = lake.digest()
    shutil.rmtree(lake.path.parent)
    path = lake.landing / lake.files()[0]
    path.write_bytes(path.read_bytes()[:-20])
    ingest(lake, server, "2026-06-03")
    assert lake.digest() == whole


def test_a_slice_that_fails_is_set_aside_and_the_others_go_on(lake, server):
    server.inject(drifting_row_count(), times=None, when=lambda request: request.day == "2026-06-02")
    with pytest.raises(RunFailed, match=r"1 day\(s\) were not ingested. 2026-06-02: .*") as caught:
        ingest(lake, server, "2026-06-06")
    assert "Fix the cause and re-run: finished work is not repeated." in str(caught.value)
    assert lake.days() == dict.fromkeys(["2026-06-01", "2026-06-03", "2026-06-04"], 8)
    assert lake.states()["2026-06-02"] == "set aside"
    server.heal()
    ingest(lake, server, "2026-06-06")
    assert lake.days() == dict.fromkeys(days(1, 4), 8)
    assert lake.states()["2026-06-02"] == "committed"


def test_a_row_that_does_not_parse_is_named(lake, server):
    server.inject(other_in("date"), times=None)
    with pytest.raises(RunFailed, match=r"date does not parse as DATE in the row .*\(other\)"):
        ingest(lake, server, "2026-06-03")
    assert any(name.startswith("_set_aside/2026-06-01") for name in lake.files())


@pytest.mark.parametrize("number", ["Infinity", "-inf", "NaN", "1e999"])
@pytest.mark.parametrize("metric", ["sessions", "screenPageViews"])
def test_a_number_that_is_not_finite_is_refused_with_its_day(lake, server, metric, number):
    place = len(DIMENSIONS) + METRICS.index(metric)
    fault = Alter(
        lambda answer: replace(
            answer, rows=[(*row[:place], number, *row[place + 1 :]) for row in answer.rows]
        )
    )
    server.inject(fault, times=None, when=lambda asked: asked.day == "2026-06-02" and not asked.is_totals)
    with pytest.raises(RunFailed, match=r"2026-06-02: .*not .*finite"):
        ingest(lake, server, "2026-06-05")
    assert lake.days() == {"2026-06-01": 8, "2026-06-03": 8}


def test_a_changed_time_zone_stops_the_source(lake, server):
    server.inject(with_metadata(timeZone="America/New_York"), times=None)
    with pytest.raises(RunFailed, match="time zone is America/New_York"):
        ingest(lake, server, "2026-06-30")
    assert lake.days() == {}
    assert len(asked_days(server)) <= 5


def test_flags_reach_the_ledger(lake, server):
    server.inject(
        with_metadata(subjectToThresholding=True), times=None, when=lambda request: not request.is_totals
    )
    ingest(lake, server, "2026-06-03")
    assert [entry.thresholded for entry in lake.ledger()] == [True]


def test_permission_refused_fails_at_once(lake, server):
    server.inject(PERMISSION, times=None)
    with pytest.raises(RunFailed, match="369420610"):
        ingest(lake, server, "2026-06-30")
    assert lake.days() == {}
    assert len(asked_days(server)) <= 4


@pytest.mark.parametrize("transport", ["grpc", "rest"])
def test_a_secret_that_the_source_echoes_is_stored_nowhere(lake, server, transport):
    """In an error, and in the metadata of a good response."""
    refused = Status(400, "INVALID_ARGUMENT", "\x1b[2J bad header Authorization: Bearer ya29.TOPSECRET")
    server.inject(refused, times=None, when=lambda request: request.day == "2026-06-02")
    server.inject(with_metadata(currencyCode="ya29.TOPSECRET"), times=None)
    with pytest.raises(RunFailed) as stop:
        ingest(lake, server, "2026-06-07", endpoint=getattr(server, transport))
    metadata = [str(pq.read_schema(lake.landing / file).metadata) for file in lake.files()]
    reasons = [entry.reason for entry in lake.ledger() if entry.state == "set aside"]
    assert "bad header Authorization: Bearer [hidden]" in reasons[0]
    for text in (str(stop.value), *metadata, *reasons):
        assert "TOPSECRET" not in text
        assert "\x1b" not in text


def with_day(server: Ga4Server, day: str, rows: list[tuple[str, ...]]) -> Ga4Server:
    """A server with another answer for one day."""
    contents = {other: answer_rows(other) for other in days(1, 30)} | {day: rows}
    return Ga4Server.of_rows(DIMENSIONS, METRICS, contents)


def test_an_old_empty_day_is_remembered_as_empty(lake, server):
    with with_day(server, "2026-06-02", []) as other:
        ingest(lake, other, "2026-06-10")
        assert lake.states()["2026-06-02"] == "empty"
        other.requests.clear()
        ingest(lake, other, "2026-06-10")
        assert other.requests == []


def test_a_young_empty_day_is_asked_for_again(lake, server, caplog):
    with with_day(server, "2026-06-05", []) as other:
        with caplog.at_level(logging.INFO, logger="ees_analytics"):
            ingest(lake, other, "2026-06-07")
        assert "2026-06-05" not in lake.states()
        assert "not published yet" in caplog.text
    ingest(lake, server, "2026-06-07")
    assert lake.states()["2026-06-05"] == "committed"


def test_a_restated_day_replaces_its_rows_and_keeps_the_earlier_file(lake_of_any_engine, server):
    ingest(lake_of_any_engine, server, "2026-06-07")
    ingest(lake_of_any_engine, server, "2026-06-07", restate_days=2)
    assert {entry.state for entry in lake_of_any_engine.ledger()} == {"committed"}
    with with_day(server, "2026-06-05", answer_rows("2026-06-05", views=16)) as other:
        ingest(lake_of_any_engine, other, "2026-06-07", restate_days=2)
        assert asked_days(other) == ["2026-06-04", "2026-06-05"]
    assert lake_of_any_engine.states() == dict.fromkeys(days(1, 4), "committed") | {"2026-06-05": "restated"}
    assert {
        row["pageviews"]
        for row in lake_of_any_engine.rows().to_pylist()
        if row["date"] == dt.date(2026, 6, 5)
    } == {16.0}
    assert len([name for name in lake_of_any_engine.files() if name.startswith("2026-06-05")]) == 2
    version, ledger = lake_of_any_engine.version(), lake_of_any_engine.ledger()
    ingest(lake_of_any_engine, server=server, run_date="2026-06-07")
    assert (lake_of_any_engine.version(), lake_of_any_engine.ledger()) == (version, ledger)


@pytest.mark.parametrize(("restate_days", "unsettled", "requests"), [(0, 4, 8), (3, 2, 18)])
def test_what_it_costs_to_read_days_until_they_have_settled(lake, restate_days, unsettled, requests):
    """Four daily runs of a report whose numbers rise until a day is four days old: days left wrong, and requests."""
    contents: dict[str, list[tuple[str, ...]]] = {}
    with Ga4Server.of_rows(DIMENSIONS, METRICS, contents) as late:
        for today in range(3, 7):
            for day in range(1, today):
                views = {2: 90, 3: 97}.get(today - day, 100)
                contents[days(day, day)[0]] = answer_rows(days(day, day)[0], views=views)
            ingest(lake, late, days(today, today)[0], restate_days=restate_days)
        rows = lake.rows().to_pylist()
        assert len({row["date"] for row in rows if row["pageviews"] != 100}) == unsettled
        assert len(late.requests) == requests


def test_a_day_that_shrank_is_refused(lake, server):
    ingest(lake, server, "2026-06-03")
    with (
        with_day(server, "2026-06-01", answer_rows("2026-06-01", pages=("/",))) as other,
        pytest.raises(RunFailed, match="the source has 2 rows, the table 8: more than 10% fewer"),
    ):
        ingest(lake, other, "2026-06-03", restate_days=1)
    assert lake.days() == {"2026-06-01": 8}
    assert lake.states() == {"2026-06-01": "set aside"}
    ingest(lake, server, "2026-06-03", restate_days=1)
    assert lake.states() == {"2026-06-01": "committed"}


def lose(lake: DailyLake, day: str) -> None:
    """The table loses a day, and its landing file is damaged."""
    DeltaTable(lake.path).delete(f"date = '{day}'")
    for path in lake.landing.glob(f"{day}*.parquet"):
        path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize("left", [0, 1])
def test_a_lost_day_is_never_believed_empty_or_smaller_until_a_person_accepts_it(lake, server, left):
    ingest(lake, server, "2026-06-12")
    day = "2026-06-05"
    lose(lake, day)
    expected = {name: 8 for name in days(1, 10) if name != day}
    with with_day(server, day, answer_rows(day)[: 2 * left]) as other:
        for _ in range(2):  # the failure in the ledger does not hide what it knew before
            with pytest.raises(RunFailed, match=rf"the source has {2 * left} rows, the ledger 8.*restore"):
                ingest(lake, other, "2026-06-12")
            assert lake.days() == expected
        with pytest.raises(RunFailed, match="quota"):  # not fetched: the loss is not adopted
            other.inject(DAILY_QUOTA, times=None)
            ingest(lake, other, "2026-06-12", **{"from": day, "to": day})
        other.heal()
        accepting = KnownDays(accept_days=f"{TABLE}:{day}", accepted_by="ana")
        ingest(lake, other, "2026-06-12", known_days=accepting)
        assert lake.days() == expected | ({day: 2} if left else {})
        entry = max(lake.ledger(), key=lambda entry: entry.recorded_at)
        assert (entry.slice, entry.rows) == (day, 2 * left)
        assert entry.state == ("restated" if left else "empty")
        assert entry.reason == f"accepted by ana: the source has {2 * left} rows, the ledger had 8"
        before = lake.version(), lake.ledger(), lake.files()
        other.requests.clear()
        ingest(lake, other, "2026-06-12")
        assert (lake.version(), lake.ledger(), lake.files(), other.requests) == (*before, [])


def test_an_accepted_empty_day_leaves_the_table(lake, server):
    ingest(lake, server, "2026-06-12")
    day = "2026-06-05"
    with with_day(server, day, []) as other:
        accepting = KnownDays(accept_days=f"{TABLE}:{day}", accepted_by="ana")
        ingest(lake, other, "2026-06-12", known_days=accepting)
    assert lake.days() == {name: 8 for name in days(1, 10) if name != day}
    assert lake.states()[day] == "empty"


def test_a_partly_lost_day_is_filled_while_an_older_failure_is_open(lake, server):
    ingest(lake, server, "2026-06-07")
    whole = lake.digest()
    server.inject(drifting_row_count(), times=None)
    with pytest.raises(RunFailed):
        ingest(lake, server, "2026-06-07", **{"from": "2026-06-03", "to": "2026-06-03"})
    server.heal()
    assert lake.states()["2026-06-03"] == "set aside"
    DeltaTable(lake.path).delete("date = '2026-06-03' and pagePath = '/'")
    ingest(lake, server, "2026-06-07")
    assert lake.digest() == whole


def test_a_known_gap_is_not_fetched_and_fails_no_run(lake, server):
    gap = {"table": TABLE, "from": "2026-06-02", "to": "2026-06-03", "reason": "the source lost them"}
    ingest(lake, server, "2026-06-07", known_days=KnownDays(known_gaps=[gap]))
    assert asked_days(server) == ["2026-06-01", "2026-06-04", "2026-06-05"]


def test_an_empty_day_needs_a_positive_control(lake, server):
    """All is silent after the tag was lost: nothing is believed until a person declares it."""
    contents = {day: answer_rows(day) for day in days(1, 5)}
    outage = {"table": TABLE, "from": "2026-06-06", "to": "2026-06-30", "reason": "the tag was missing"}
    with Ga4Server.of_rows(DIMENSIONS, METRICS, contents) as silent:
        with pytest.raises(
            RunFailed, match="2026-06-06 to 2026-06-08: no rows, and none on the days around it"
        ):
            ingest(lake, silent, "2026-06-12")
        assert "empty" not in lake.states().values()
        ingest(lake, silent, "2026-06-12", known_days=KnownDays(known_empty=[outage]))
    assert lake.states() == dict.fromkeys(days(1, 5), "committed") | dict.fromkeys(days(6, 8), "empty")


def test_a_range_by_hand(lake, server):
    ingest(lake, server, "2026-06-07")
    server.requests.clear()
    ingest(lake, server, "2026-06-07", **{"from": "2026-06-02", "to": "2026-06-03", "table": TABLE})
    assert asked_days(server) == ["2026-06-02", "2026-06-03"]
    server.requests.clear()
    ingest(lake, server, "2026-06-07", **{"from": "2026-06-02", "to": "2026-06-03", "table": "ees_ga4_page"})
    assert server.requests == []


def test_a_backfill_is_committed_in_bounded_batches(lake_of_any_engine, server):
    ingest(lake_of_any_engine, server, "2026-06-13", limits=LoadLimits(max_slices=4))
    assert lake_of_any_engine.days() == dict.fromkeys(days(1, 11), 8)
    # 4 + 4 + 3 days. On Spark another commit has the description.
    assert lake_of_any_engine.version() == (3 if lake_of_any_engine.place["engine"] == "spark" else 2)


def test_the_stop_between_landing_and_commit(lake, server, monkeypatch):
    """What landed before a crash is committed by the next run, without asking again."""
    from tests.pipelines.ingest import daily_lake

    def crash(self, data):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(daily_lake.Checked, "save", crash)
        with pytest.raises(RunFailed, match="No space left"):
            ingest(lake, server, "2026-06-07")
    server.requests.clear()
    ingest(lake, server, "2026-06-07")
    assert server.requests == []
    assert lake.days() == dict.fromkeys(days(1, 5), 8)


def test_zero_pageviews_keep_their_row_with_a_null_ratio(lake_of_any_engine, server):
    with with_day(server, "2026-06-01", answer_rows("2026-06-01", views=0)) as other:
        ingest(lake_of_any_engine, other, "2026-06-03")
    assert lake_of_any_engine.rows()["avgTimeOnPage"].null_count == 8
    assert isinstance(lake_of_any_engine.rows(), pa.Table)
