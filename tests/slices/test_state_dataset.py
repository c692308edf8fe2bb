"""What a node learns of a table before it writes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa

from ees_analytics.lake.table import TableDataset
from ees_analytics.parameters.ingest import LoadLimits
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.ledger_dataset import LedgerDataset
from ees_analytics.slices.state import TableState, altered_slices
from ees_analytics.slices.state_dataset import TableStateDataset


def test_a_state_gives_the_rows_that_the_table_has_now(engine: str, tmp_path: Path):
    lake = {"engine": engine, "lake_root": str(tmp_path / "lake")}
    state = TableStateDataset(table="ees_pub_scrape", **lake)
    assert not state.load().exists
    assert state.load().rows().schema.names == ["slug", "title"]
    TableDataset(table="raw.ees_pub_scrape", **lake).save(pa.table({"slug": ["a"], "title": ["A"]}))
    assert state.load().rows().to_pylist() == [{"slug": "a", "title": "A"}]


def test_a_state_knows_the_days_of_its_siblings(tmp_path: Path):
    """Of each day the newest settled entry counts, whatever failed since."""
    lake = {"engine": "sail", "lake_root": str(tmp_path / "lake")}
    tables, moment = ("ees_ga4_page", "ees_ga4_events"), dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
    given = [
        ("2026-06-01", SliceState.COMMITTED, 3),
        ("2026-06-01", SliceState.QUARANTINED, None),
        ("2026-06-02", SliceState.COMMITTED, 3),
        ("2026-06-02", SliceState.EMPTY, 0),
        ("2026-06-03", SliceState.LANDED, 3),
    ]
    entries = [
        LedgerEntry(table, day, state, "run", moment + dt.timedelta(seconds=number), rows)
        for table in tables
        for number, (day, state, rows) in enumerate(given)
    ]
    LedgerDataset(table=tables[0], **lake).save(entries)
    state = TableStateDataset(table=tables[0], siblings=tables, **lake).load()
    assert state.sibling_days() == {"2026-06-01": tables[1]}
    assert state.recorded_rows("2026-06-01") == 3
    assert TableStateDataset(table=tables[0], **lake).load().sibling_days() == {}


def test_a_day_that_was_partly_lost_is_altered_whatever_failed_since():
    day, moment = "2026-06-01", dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
    committed = LedgerEntry("ees_ga4_page", day, SliceState.COMMITTED, "run", moment, rows=3, digest="d")
    failed = LedgerEntry("ees_ga4_page", day, SliceState.QUARANTINED, "run", moment + dt.timedelta(1))
    state = TableState(
        "ees_ga4_page",
        exists=True,
        slices={day: 2},
        ledger={day: failed},
        history={day: [committed, failed]},
        read=lambda slices: {slice_: pa.table({}) for slice_ in slices},
    )
    assert altered_slices(state, LoadLimits()) == [day]
