"""The audit of a log table: what is new, what is wanting, and what can be done about it."""

import datetime as dt
import logging

import pytest

from ees_analytics.parameters.ingest import IngestRange
from ees_analytics.parameters.logs import KnownOutage, LogSettings
from ees_analytics.pipelines.ingest.nodes.log_messages import summary_messages, table_messages
from ees_analytics.pipelines.ingest.nodes.logs import audit_files
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.slice import LandedSlice, LandingZone, QuarantinedSlice
from ees_analytics.slices.state import TableState
from ees_analytics.sources.log_files.audit import Gap, LogAudit, find_gaps
from ees_analytics.sources.log_files.folder import LogFolder

TABLE = "raw_ees_top_level"
NOW = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
OUTAGE = KnownOutage(first=dt.date(2026, 2, 13), last=dt.date(2026, 2, 16), reason="the job was moved")


def day(number: int, month: int = 2) -> dt.date:
    return dt.date(2026, month, number)


def name(date: dt.date) -> str:
    return f"{date:%Y%m%d}-010203-calls.parquet"


def folder(*dates: dt.date) -> LogFolder:
    return LogFolder({name(date): (f"/x/{name(date)}",) for date in dates}, read=pytest.fail)


def state(*dates: dt.date, ledger=None) -> TableState:
    return TableState(TABLE, exists=True, slices={name(date): 10 for date in dates}, ledger=ledger or {})


def entry(date: dt.date, run_id: str, kind=SliceState.COMMITTED, rows=10, digest="d") -> LedgerEntry:
    return LedgerEntry(TABLE, name(date), kind, run_id, NOW, rows=rows, digest=digest)


def audit(
    table: TableState,
    files: LogFolder,
    entries=(),
    landing=None,
    run_date=dt.date(2026, 2, 25),
    settings=None,
) -> LogAudit:
    zone, asked = landing or LandingZone(TABLE), IngestRange(run_date=run_date)
    return audit_files(entries, zone, table, files, settings or LogSettings(), asked, "now")


def messages(found: LogAudit, level: int = logging.WARNING) -> str:
    return "\n".join(line for severity, line in table_messages(found) if severity == level)


def test_missing_days_are_ranges_of_one_kind():
    """February 2026 begins on a Sunday. Known: Monday 2nd, Wednesday 4th, Tuesday 10th, Thursday 19th."""
    known = {day(2), day(4), day(10), day(19)}
    assert find_gaps(known, {day(6), day(8)}, [OUTAGE]) == [
        Gap(day(3), day(3), weekend=False),
        Gap(day(5), day(5), weekend=False),
        Gap(day(6), day(6), weekend=False, recoverable=True),
        Gap(day(7), day(7), weekend=True),
        Gap(day(8), day(8), weekend=True, recoverable=True),
        Gap(day(9), day(9), weekend=False),
        Gap(day(11), day(12), weekend=False),
        Gap(day(13), day(13), weekend=False, outage="the job was moved"),
        Gap(day(14), day(15), weekend=True, outage="the job was moved"),
        Gap(day(16), day(16), weekend=False, outage="the job was moved"),
        Gap(day(17), day(18), weekend=False),
    ]


def test_weekends_apart_are_not_one_range():
    known = {day(5) + dt.timedelta(days=n) for n in range(12)} - {day(7), day(8), day(14), day(15)}
    assert find_gaps(known, (), ()) == [
        Gap(day(7), day(8), weekend=True),
        Gap(day(14), day(15), weekend=True),
    ]


def test_nothing_known_has_no_gaps_and_one_day_neither():
    assert find_gaps((), {day(1)}, ()) == []
    assert find_gaps({day(1)}, {day(3)}, ()) == []


def test_counts_of_a_run():
    entries = [
        entry(day(18), "before"),
        entry(day(19), "now"),
        entry(day(20), "now", SliceState.RESTATED),
        entry(day(21), "now", SliceState.QUARANTINED, rows=None),
        entry(day(22), "now", digest=None),
    ]
    dates = (day(18), day(19), day(20), day(22))
    found = audit(state(*dates), folder(*dates, day(21)), entries)
    assert (found.files_new, found.files_total, found.rows_new, found.rows_total) == (2, 4, 20, 40)
    assert found.newest == day(22)
    assert "2 new file(s), 4 in all; 20 row(s) written, 40 in all; newest 2026-02-22." in messages(
        found, logging.INFO
    )


def test_freshness_allows_five_days():
    table, files = state(day(20)), folder(day(20))
    assert audit(table, files, run_date=day(25)).stale_days is None
    stale = audit(table, files, run_date=day(26))
    assert stale.stale_days == 6
    assert list(summary_messages([stale, stale]))[1:] == [
        (
            logging.WARNING,
            f"{TABLE}, {TABLE}: the newest file is of 2026-02-20, 6 days before this run. Ask the team "
            "that delivers the logs whether they are still written.",
        )
    ]
    assert audit(state(), folder(day(20)), run_date=day(26)).stale_days is None


def test_files_missing_from_the_folder_are_reported():
    found = audit(state(day(18), day(19), day(20)), folder(day(20)))
    assert list(found.missing_from_folder) == [name(day(18)), name(day(19))]
    assert "2 file(s) that the table has are no longer in the folder" in messages(found)


def test_files_set_aside_for_the_same_reason_share_a_message_that_names_a_few():
    aside = {name(day(n)): QuarantinedSlice(name(day(n)), NOW, "/z") for n in range(2, 12)}
    zone = LandingZone(
        TABLE, quarantined=aside, reason=lambda item: f"{item.slice}: its date is in the future."
    )
    found_messages = messages(audit(state(day(1)), folder(*(day(n) for n in range(1, 12))), landing=zone))
    assert found_messages.count("its date is in the future.") == 1
    assert f"each run: {name(day(2))}, {name(day(3))}, {name(day(4))} and 7 more: its date" in found_messages


def test_of_many_reasons_a_few_are_named():
    aside = {name(day(n)): QuarantinedSlice(name(day(n)), NOW, "/z") for n in range(2, 12)}
    zone = LandingZone(TABLE, quarantined=aside, reason=lambda item: f"{item.slice} has no rows")
    found_messages = messages(audit(state(day(1)), folder(*(day(n) for n in range(1, 12))), landing=zone))
    assert found_messages.count("has no rows") == 3
    assert "7 more file(s) are set aside; the report has the reasons." in found_messages


def test_files_set_aside_are_reported_with_their_reason_while_they_are_in_the_folder():
    aside = {name(date): QuarantinedSlice(name(date), NOW, "/z") for date in (day(18), day(19))}
    zone = LandingZone(TABLE, quarantined=aside, reason=lambda item: f"{item.slice} has no rows")
    found = audit(state(day(17), day(20)), folder(day(17), day(19), day(20)), landing=zone)
    assert found.quarantined == {name(day(19)): f"{name(day(19))} has no rows"}
    assert [gap.recoverable for gap in found.gaps] == [False, True]
    assert "set aside, and tried again by each run: " in messages(found)
    assert "1 weekday missing, recoverable: the folder has a file that was not read (2026-02-19)" in messages(
        found
    )
    assert (
        "1 weekday missing, not in the folder: ask the team that delivers the logs (2026-02-18)"
        in messages(found)
    )


def test_weekends_and_known_outages_are_no_warnings():
    dates = (day(12), day(17), day(18), day(19), day(20), day(23))
    settings = LogSettings(known_outages=(OUTAGE,))
    found = audit(state(*dates), folder(*dates), run_date=day(25), settings=settings)
    assert messages(found) == ""
    found_messages = messages(found, logging.INFO)
    assert (
        "2 weekend days missing, not in the folder: ask the team that delivers the logs (2026-02-21 to 2026-02-22)"
        in found_messages
    )
    outage = "missing, in a known outage: the job was moved"
    assert f"2 weekdays {outage} (2026-02-13, 2026-02-16)." in found_messages
    assert f"2 weekend days {outage} (2026-02-14 to 2026-02-15)." in found_messages


def test_rows_of_the_ledger_and_the_landing_zone_must_be_in_the_table():
    landed = {name(date): LandedSlice(name(date), 10, "d", NOW, "/z") for date in (day(18), day(19))}
    ledger = {
        name(day(20)): entry(day(20), "before", rows=12),
        name(day(23)): entry(day(23), "before"),
        name(day(24)): entry(day(24), "before", SliceState.QUARANTINED, rows=None),
    }
    found = audit(state(day(18), day(20), ledger=ledger), folder(), landing=LandingZone(TABLE, landed))
    assert list(found.row_count_mismatch) == [
        f"{name(day(19))}: 0 rows instead of 10",
        f"{name(day(20))}: 10 rows instead of 12",
        f"{name(day(23))}: 0 rows instead of 10",
    ]


def test_a_table_may_have_names_without_a_date():
    table = TableState(TABLE, exists=True, slices={"old.parquet": 3})
    found = audit(table, folder())
    assert (found.newest, found.gaps, found.files_total) == (None, [], 1)
    assert "no file yet" in messages(found, logging.INFO)


def test_all_tables_together():
    one = LogAudit("a", 1, 2, 10, 20, day(20), unmatched=("/x/new-kind.parquet",), quarantined={"f": "r"})
    two = LogAudit("b", 3, 4, 30, 40, day(21), unmatched=("/x/new-kind.parquet",))
    lines = list(summary_messages([one, two]))
    assert lines[0] == (
        logging.INFO,
        "Log files: 4 new file(s), 6 in all; 40 row(s) written, 60 in all; newest 2026-02-21; 1 set aside.",
    )
    assert lines[1][0] == logging.WARNING
    assert lines[1][1].startswith(
        "1 file(s) among the logs belong to no table and are not read (/x/new-kind.parquet)"
    )
