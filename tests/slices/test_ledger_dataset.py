"""The ledger is read once for all tables, and again when it has changed."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

import pytest

from ees_analytics.lake.storage.delta_rs import DeltaRsStorage
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.ledger_dataset import LedgerDataset

MOMENT = dt.datetime(2026, 6, 30, 4, tzinfo=dt.UTC)


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """The locations of the tables whose rows were read."""
    found = []
    rows = DeltaRsStorage.rows

    def read(self, *arguments):
        found.append(self.location)
        return rows(self, *arguments)

    monkeypatch.setattr(DeltaRsStorage, "rows", read)
    return found


def test_all_tables_share_one_read_of_a_version(tmp_path, reads):
    pages, events = (
        LedgerDataset(table=table, engine="sail", lake_root=str(tmp_path))
        for table in ("ees_ga4_page", "ees_ga4_events")
    )
    entry = LedgerEntry("ees_ga4_page", "2026-06-27", SliceState.COMMITTED, "run-1", MOMENT, rows=5)

    assert (pages.load(), events.load(), reads) == ([], [], [])

    pages.save([entry])
    assert (pages.load(), events.load()) == ([entry], [])
    assert events.days_of(["ees_ga4_page"]) == {"2026-06-27": "ees_ga4_page"}
    assert len(reads) == 1

    later = replace(entry, state=SliceState.RESTATED, recorded_at=MOMENT + dt.timedelta(hours=1))
    pages.save([later])
    assert pages.load() == [entry, later]
    assert len(reads) == 2


def test_runs_at_once_record_each_attempt_once(tmp_path, engine):
    """Each of them has found that the ledger lacks these entries."""
    days = [f"2026-06-{day:02}" for day in range(1, 11)]
    runs, errors = 4 if engine == "sail" else 1, list[BaseException]()
    start = threading.Barrier(runs)

    def record(run: int) -> None:
        moment = MOMENT + dt.timedelta(seconds=run)
        try:
            ledger = LedgerDataset(table="ees_ga4_page", engine=engine, lake_root=str(tmp_path))
            start.wait()
            for day in days:
                ledger.save(
                    [LedgerEntry("ees_ga4_page", day, SliceState.COMMITTED, f"run-{run}", moment, rows=5)]
                )
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=record, args=(run,)) for run in range(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    ledger = LedgerDataset(table="ees_ga4_page", engine=engine, lake_root=str(tmp_path))
    assert sorted(entry.slice for entry in ledger.load()) == days
    ledger.save([LedgerEntry("ees_ga4_page", days[0], SliceState.COMMITTED, "later", MOMENT, rows=5)])
    assert len(ledger.load()) == len(days)
