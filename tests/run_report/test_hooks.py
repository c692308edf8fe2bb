"""Every run, even a failed one, leaves a page, a row and a few lines on the terminal."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re

import pyarrow as pa
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import AbstractDataset, DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline, node

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import check
from ees_analytics.lake.storage import storage_for
from ees_analytics.lake.table import TableDataset
from ees_analytics.run_report.facts import RUNS, run_row
from ees_analytics.run_report.history import INDEX, LATEST
from ees_analytics.run_report.hooks import RunReportHooks
from ees_analytics.run_report.page_dataset import PageDataset
from ees_analytics.runner import IndependentRunner, RunFailed
from ees_analytics.slices.ledger import SliceState
from ees_analytics.slices.slice import IngestPlan, LandingZone, QuarantinedSlice
from ees_analytics.slices.state import TableState
from tests.run_report.examples import NOW, RUN, entry, example_run

SUMMARY = "raw.ees_ga4_hourly"


def run(tmp_path, steps: list, given: dict | None = None, seen: dict | None = None) -> DataCatalog:
    """Run a pipeline with the hooks, as a session does; steps find the catalogue in ``seen["it"]``."""
    pipeline = Pipeline(steps)
    table = {"engine": "sail", "lake_root": str(tmp_path / "lake")}
    catalog = DataCatalog(
        {
            name: value if isinstance(value, AbstractDataset) else MemoryDataset(value)
            for name, value in (given or {}).items()
        }
    )
    catalog[RUNS] = TableDataset(table=RUNS, mode="append", **table)
    for name in (RUN, INDEX, LATEST):
        catalog[f"report.{name}"] = PageDataset(filepath=str(tmp_path / "reports" / f"{name}.html"))
    for name in pipeline.all_outputs() - set(catalog.keys()):
        catalog[name] = TableDataset(table=name, **table) if name.startswith("app.") else MemoryDataset()
    (seen if seen is not None else {})["it"] = catalog
    manager = _create_hook_manager()
    manager.register(RunReportHooks())
    run_params = {"run_id": RUN, "env": "base", "runtime_params": {"table": "x", "note": "token=TOPSECRET"}}
    arguments = {"run_params": run_params, "pipeline": pipeline, "catalog": catalog}
    manager.hook.before_pipeline_run(**arguments)
    try:
        result = IndependentRunner().run(pipeline, catalog, manager)
        manager.hook.after_pipeline_run(run_result=result, **arguments)
    except RunFailed as error:
        manager.hook.on_pipeline_error(error=error, **arguments)
    return catalog


def moment(_: object):
    contract = contract_for("app.ees__last_updated")
    return contract.arrow_schema.remove_metadata().empty_table()


def broken(_: object):
    logging.getLogger("ees_analytics.x").warning("a strange \x07 name, token=TOPSECRET")
    raise ValueError(f"the third row is odd: \x1b[2J\u202e Bearer TOPSECRET {'x' * 400}.")


def row_of(catalog: DataCatalog) -> dict:
    (row,) = catalog[RUNS].storage.rows().to_pylist()
    return row


def test_a_run_leaves_a_page_and_a_row(tmp_path, capsys):
    step = node(moment, "a", "app.ees__last_updated", name="ees__last_updated")
    given = {"a": 1, "params:known_days.accepted_by": "job run 7"}
    row = row_of(run(tmp_path, [step], given))
    assert (row["run_id"], row["outcome"], row["failures"]) == (RUN, "succeeded", None)
    assert row["started_by"] == "job run 7"
    assert json.loads(row["parameters"]) == {"table": "x", "note": "token=[hidden]"}
    text = (tmp_path / "reports" / f"{RUN}.html").read_text()
    assert "Succeeded" in text
    assert "ees__last_updated" in text.replace("<wbr>", "")
    assert row["report"].endswith(f"{RUN}.html")
    printed = capsys.readouterr().out
    assert "✓ Run" in printed
    assert f"Written to          tables: {tmp_path / 'lake'}" in printed


def test_the_newest_page_has_a_fixed_address_and_a_list_of_all_runs(tmp_path):
    earlier = storage_for(contract_for(RUNS), "sail", str(tmp_path / "lake"), None)
    earlier.create(contract_for(RUNS))
    earlier.append(run_row(example_run(run_id="2026-06-29T06.00.00.000Z"), "x.html"), {})
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "2026-06-29T06.00.00.000Z.html").write_text("")
    (tmp_path / "reports" / "of another lake.html").write_text("")
    run(tmp_path, [node(moment, "a", "app.ees__last_updated", name="ees__last_updated")], {"a": 1})
    assert (tmp_path / "reports/latest.html").read_text() == (tmp_path / f"reports/{RUN}.html").read_text()
    index = (tmp_path / "reports" / "index.html").read_text()
    linked = {"latest.html", f"{RUN}.html", "2026-06-29T06.00.00.000Z.html", "of%20another%20lake.html"}
    assert set(re.findall(r'href="([^#][^"]*)"', index)) == linked
    assert 'href="2026-06-29T06.00.00.000Z.html"' in (tmp_path / "reports" / "latest.html").read_text()
    assert not list((tmp_path / "reports").glob("*.tmp"))


def test_a_failed_run_leaves_them_too(tmp_path, capsys):
    steps = [
        node(broken, "a", "b", name="first"),
        node(moment, "b", "app.ees__last_updated", name="ees__last_updated"),
    ]
    row = row_of(run(tmp_path, steps, {"a": 1}))
    assert row["outcome"] == "failed"
    assert r"first: the third row is odd: \x1b[2J\u202e Bearer [hidden] xxx" in row["failures"]
    assert row["failures"].endswith("xxx."), "the whole reason"
    page = (tmp_path / "reports" / f"{RUN}.html").read_text()
    assert r"is odd: \x1b[2J\u202e Bearer [hidden] xxx" in page
    assert r"a strange \x07 name, token=[hidden]" in page
    for stored in (page, *map(str, row.values())):
        assert "TOPSECRET" not in stored
        assert "\x1b" not in stored
    (table,) = json.loads(row["summary"])["tables"]
    assert table["fate"] == "not run"
    assert "FAILED" in capsys.readouterr().out


def test_a_stopped_run_has_no_failures(tmp_path, capsys):
    def stop(_: object):
        raise KeyboardInterrupt

    steps = [
        node(stop, "a", "b", name="first"),
        node(moment, "b", "app.ees__last_updated", name="ees__last_updated"),
    ]
    row = row_of(run(tmp_path, steps, {"a": 1}))
    assert (row["outcome"], row["failures"]) == ("stopped", None)
    (table,) = json.loads(row["summary"])["tables"]
    assert (table["fate"], table["reason"]) == ("not run", "the run was stopped")
    assert "STOPPED" in capsys.readouterr().out
    assert "Run the same command again" in (tmp_path / "reports" / f"{RUN}.html").read_text()


def test_a_closed_pipe_does_not_hide_how_the_run_ended(tmp_path, monkeypatch):
    def broken_pipe(*_):
        raise SystemExit(1)

    monkeypatch.setattr("ees_analytics.run_report.hooks.render", broken_pipe)
    assert row_of(run(tmp_path, [node(broken, "a", "b", name="first")], {"a": 1}))["outcome"] == "failed"


def test_a_commit_just_before_ctrl_c_is_reported(tmp_path):
    """Ctrl+C may come between a commit and the hook that reports it."""
    catalog = {}

    def write(_: object):
        contract = contract_for("app.ees__last_updated")
        rows = pa.Table.from_pylist(
            [{"last_updated": NOW, "latest_data": dt.date(2026, 6, 28)}],
            schema=contract.arrow_schema.remove_metadata(),
        )
        catalog["it"]["app.ees__last_updated"].save(rows)
        raise KeyboardInterrupt

    found = run(
        tmp_path, [node(write, "a", "app.ees__last_updated", name="ees__last_updated")], {"a": 1}, catalog
    )
    (table,) = json.loads(row_of(found)["summary"])["tables"]
    assert (table["fate"], table["rows_added"]) == ("changed", 1)


def test_values_that_are_not_listed_are_counted(tmp_path, capsys):
    def values(_: int) -> pa.Table:
        day = dt.date(2026, 6, 1)
        row = {
            "table": "t",
            "field": "pagePath",
            "first_date": day,
            "last_date": day,
            "rows": 1,
            "count": 1.0,
        }
        rows = [{**row, "value": f"/value {number}"} for number in range(60)]
        return pa.Table.from_pylist(
            rows, schema=contract_for("app.ees_unclassified").arrow_schema.remove_metadata()
        )

    run(tmp_path, [node(values, "a", "app.ees_unclassified", name="ees_unclassified")], {"a": 1})

    assert "60 values match no rule" in capsys.readouterr().out
    text = (tmp_path / "reports" / f"{RUN}.html").read_text()
    assert "60 values match no rule" in text
    assert "10 more are in <code>analytics_app.ees_unclassified</code>" in text


def test_events_that_no_table_counts_and_those_that_fell_silent_are_reported(tmp_path, capsys):
    day = dt.date(2026, 6, 1)
    row = {"era": "GA4", "first_date": day, "last_date": day, "eventCount": 40.0, "counted_in": None}
    unknown = {**row, "eventName": "Survey Link Clicked", "state": "unknown", "last_28_days": 3.0}
    ignored = {**row, "eventName": "scroll", "state": "ignored", "last_28_days": 9.0}
    silent = {**row, "eventName": "PageSearchForm", "last_28_days": 0.0, "previous_28_days": 40.0}

    def names(_: int) -> tuple[pa.Table, list[dict]]:
        schema = contract_for("app.ees_event_names").empty().schema
        return pa.Table.from_pylist([unknown, ignored], schema=schema), [silent]

    run(tmp_path, [node(names, "a", ["app.ees_event_names", "event_names.silent"], name="names")], {"a": 1})

    printed = capsys.readouterr().out
    assert "no table counts Survey Link Clicked." in printed
    assert "fell silent: PageSearchForm." in printed
    text = (tmp_path / "reports" / f"{RUN}.html").read_text()
    assert "Events that no table counts</h2>" in text and "Events that fell silent</h2>" in text
    assert "scroll" not in text.partition("Events that no table counts</h2>")[2].partition("<h2>Quality")[
        0
    ].replace('class="scroll"', "")


def test_a_report_that_cannot_be_written_hides_nothing(tmp_path, caplog):
    (tmp_path / "reports").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        row = row_of(run(tmp_path, [node(moment, "a", "app.ees__last_updated", name="last")], {"a": 1}))
    assert row["outcome"] == "succeeded"
    assert row["report"] is None
    assert "The page of the run report could not be written" in caplog.text


def test_the_page_is_written_without_charts_where_the_measures_cannot_be_read(tmp_path, monkeypatch, caplog):
    def damaged(*_):
        raise ValueError("a file is damaged")

    monkeypatch.setattr("ees_analytics.run_report.pages.read_morning", damaged)
    row = row_of(run(tmp_path, [node(moment, "a", "app.ees__last_updated", name="last")], {"a": 1}))
    assert row["report"].endswith(f"{RUN}.html")
    assert "Tables</h2>" in (tmp_path / "reports" / "latest.html").read_text()
    assert "The charts of the run report could not be written (a file is damaged)" in caplog.text


def test_a_run_that_does_not_make_the_breaks_shows_them(tmp_path):
    contract, lake = (
        contract_for("app.ees_annotations"),
        {"engine": "sail", "lake_root": str(tmp_path / "lake")},
    )
    storage = storage_for(contract, "sail", lake["lake_root"], None)
    storage.create(contract)
    known = {
        "first_date": dt.date(2026, 3, 18),
        "tables": "ees_service_*",
        "text": "A new design",
        "source": "x",
    }
    storage.append(pa.Table.from_pylist([known], schema=contract.empty().schema), {})
    given = {"a": 1, "app.ees_annotations": TableDataset(table="app.ees_annotations", **lake)}
    run(tmp_path, [node(moment, "a", "app.ees__last_updated", name="last")], given)
    assert "A new design" in (tmp_path / "reports" / "latest.html").read_text()


def test_ledger_entries_and_outcome_become_facts(tmp_path):
    entries = [
        entry("2026-06-26", SliceState.COMMITTED, rows=24, sampled=True),
        entry("2026-06-28", SliceState.RESTATED, rows=24),
        entry("2026-06-27", SliceState.EMPTY),
    ]
    state = TableState(
        "ees_ga4_hourly", exists=True, slices={"2026-06-24": 24, "2026-06-26": 24, "2026-06-28": 24},
        ledger={item.slice: item for item in entries},
    )  # fmt: skip
    outcome = {"table": "ees_ga4_hourly", "newest": "2026-06-28", "missing": ["2026-06-29"]}
    steps = [
        node(lambda a: a, "a", SUMMARY, name="ingest.ees_ga4_hourly.load"),
        node(lambda _: entries, "a", "ledger.ees_ga4_hourly", name="ingest.ees_ga4_hourly.record"),
        node(
            lambda _: outcome,
            "state.ees_ga4_hourly",
            "ingest.ees_ga4_hourly.outcome",
            name="ingest.ees_ga4_hourly.check",
        ),
    ]

    catalog = run(tmp_path, steps, {"a": 1, "state.ees_ga4_hourly": state})
    (table,) = json.loads(row_of(catalog)["summary"])["tables"]
    assert table["added"] == ["2026-06-26"]
    assert table["restated"] == ["2026-06-28"]
    assert table["empty"] == ["2026-06-27"]
    assert table["missing"] == ["2026-06-25"]
    assert table["young"] == ["2026-06-29"]
    assert table["flags"] == {"sampled": ["2026-06-26"]}
    assert table["rows_total"] == 72


def test_slices_that_an_earlier_run_set_aside_are_listed_apart(tmp_path, capsys):
    aside = {day: QuarantinedSlice(day, NOW, f"/x/{day}") for day in ("2025-06-01", "2026-06-27")}
    landing = LandingZone("ees_ga4_hourly", quarantined=aside, reason=lambda item: "the source was asleep")
    held = {"2026-06-26": 24, "2026-06-28": 24}
    state = TableState(
        "ees_ga4_hourly",
        exists=True,
        slices=held,
        ledger={"2026-06-25": entry("2026-06-25", SliceState.EMPTY)},
    )
    asked = ("2026-06-25", "2026-06-27", "2026-06-28", "2026-06-29")
    plan = IngestPlan("ees_ga4_hourly", expected=asked, fetch=asked)
    steps = [
        node(lambda _: plan, "a", "ingest.ees_ga4_hourly.plan", name="ingest.ees_ga4_hourly.plan"),
        node(lambda a, b: a, ["a", "landing.ees_ga4_hourly"], SUMMARY, name="ingest.ees_ga4_hourly.load"),
        node(
            lambda _a, _b: {"table": "ees_ga4_hourly", "newest": "2026-06-28"},
            ["ingest.ees_ga4_hourly.plan", "state.ees_ga4_hourly"],
            "ingest.ees_ga4_hourly.outcome",
            name="ingest.ees_ga4_hourly.check",
        ),
    ]
    given = {"a": 1, "state.ees_ga4_hourly": state, "landing.ees_ga4_hourly": landing}
    (table,) = json.loads(row_of(run(tmp_path, steps, given))["summary"])["tables"]
    assert table["set_aside"] == {"2026-06-27": "the source was asleep"}
    assert table["set_aside_before"] == ["2025-06-01"]
    assert table["read_again"] == ["2026-06-25", "2026-06-28"]
    shown = capsys.readouterr().out
    assert "1 set aside: 2026-06-27" in shown
    assert "2 days read again, no change" in shown
    assert "2025-06-01" not in shown


def test_the_row_fits_its_contract():
    assert check(run_row(example_run(), "x.html"), contract_for(RUNS)).num_rows == 1


def test_absent_frozen_tables_are_listed(tmp_path):
    """They count as empty, and only the report shows that. Of days that pages or events lack, none are counted."""
    absent, present = "raw.ees_ua_page", "raw.ees_ua_events"
    lake = {"engine": "sail", "lake_root": str(tmp_path / "lake")}
    contract = contract_for(present)
    storage = storage_for(contract, "sail", lake["lake_root"], None)
    storage.create(contract)
    row = {column.name: "a" for column in contract.columns} | {
        "date": dt.date(2023, 6, 1),
        "totalEvents": 1.0,
    }
    storage.append(pa.Table.from_pylist([row], schema=contract.empty().schema), {})
    tables = {
        name: TableDataset(table=name, absent="frozen-empty", **lake)
        for name in (absent, present, "raw.ees_ua_source_medium")
    }
    step = node(lambda _a, _b: 1, [absent, present], "b", name="first")
    ledger = {
        "raw.ees_ingest_ledger": TableDataset(table="raw.ees_ingest_ledger", absent="empty", **lake),
        "params:known_days": {},
    }
    catalog = run(tmp_path, [step], tables | ledger)
    summary = json.loads(row_of(catalog)["summary"])
    assert summary["absent"] == [absent]
    assert summary["missing_days"] == {"ees_ua_page": ["2023-06-01"]}
    page_text = (tmp_path / "reports" / f"{RUN}.html").read_text()
    assert f"Not in this lake and counted as empty: {absent}." in page_text
