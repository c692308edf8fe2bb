"""The ledger is read once for all tables, and again when it has changed."""

from __future__ import annotations

import datetime as dt

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

    pages.save([entry])
    assert pages.load() == [entry, entry]
    assert len(reads) == 2
