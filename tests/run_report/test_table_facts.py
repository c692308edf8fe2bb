"""Gaps in the days of a table."""

import datetime as dt

from ees_analytics.run_report.attention import attention
from ees_analytics.run_report.facts import TableFacts
from ees_analytics.run_report.page import what_changed
from ees_analytics.run_report.table_facts import add_ingest_facts
from ees_analytics.slices.ledger import SliceState
from ees_analytics.slices.slice import LandingZone, QuarantinedSlice
from ees_analytics.slices.state import TableState
from ees_analytics.sources.log_files.audit import LogAudit
from tests.run_report.examples import NOW, entry, example_run


def test_gaps_are_not_held_not_empty_and_not_set_aside():
    ledger = {
        "2026-06-02": entry("2026-06-02", SliceState.EMPTY),
        "2026-06-03": entry("2026-06-03", SliceState.LANDED),
    }
    held = {"2026-06-01": 24, "2026-06-05": 24}
    state = TableState("ees_ga4_hourly", True, slices=held, ledger=ledger)
    items = {day: QuarantinedSlice(day, NOW, f"{day}.parquet") for day in ("2026-06-04", "2026-06-09")}
    aside = LandingZone("ees_ga4_hourly", quarantined=items, reason=lambda item: "odd")
    for landing, missing, why in (
        (LandingZone("ees_ga4_hourly"), ["2026-06-03 to 2026-06-04"], ""),
        (aside, ["2026-06-03"], "nor after the newest day"),
    ):
        table = TableFacts("raw.ees_ga4_hourly")
        add_ingest_facts(table, {"state.ees_ga4_hourly": state, "landing.ees_ga4_hourly": landing})
        assert table.missing == missing, why


def test_days_that_the_table_had_are_adopted_not_added():
    table = TableFacts("raw.ees_ga4_hourly")
    adopted = entry(
        "2026-06-01", SliceState.COMMITTED, rows=24, reason="adopted: the table held it without a landed file"
    )
    added = entry("2026-06-02", SliceState.COMMITTED, rows=24)
    add_ingest_facts(table, {"ledger.ees_ga4_hourly": [adopted, added]})
    assert (table.adopted, table.added) == (["2026-06-01"], ["2026-06-02"])
    assert what_changed(table) == ("1 day added (2026-06-02); 1 day adopted from the table (2026-06-01)")


def test_a_column_that_is_left_out_of_a_table_needs_attention():
    table, state = (
        TableFacts("raw.ees_ga4_hourly"),
        TableState("ees_ga4_hourly", True, left_out=("newUsers",)),
    )
    add_ingest_facts(table, {"state.ees_ga4_hourly": state})
    (item,) = attention(example_run(tables=[table], failures={}, unclassified=[]))
    assert item.about == ["ees_ga4_hourly"]
    assert item.what == "left out of the table, which lacks them: newUsers"
    assert "--params add_columns=<table>" in item.todo


def test_log_files_that_are_late_need_attention():
    tables = [TableFacts("raw.raw_ees_queries"), TableFacts("raw.raw_ees_csv_downloads")]
    late = LogAudit("raw_ees_queries", newest=dt.date(2026, 6, 20), stale_days=10)
    on_time = LogAudit("raw_ees_csv_downloads", newest=dt.date(2026, 6, 29))
    for table, audit in zip(tables, (late, on_time), strict=True):
        add_ingest_facts(table, {f"ingest.{audit.table}.audit": audit})
    (item,) = attention(example_run(tables=tables, failures={}, unclassified=[]))
    assert (item.about, item.what) == (
        ["raw_ees_queries"],
        "no log file since 2026-06-20 (10 days before this run)",
    )
    assert item.todo.startswith("Ask the team that delivers the logs")
