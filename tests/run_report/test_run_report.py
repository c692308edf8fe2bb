"""After every run, also a failed one: a page, a row, and a few lines."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import re

import pyarrow as pa
import pytest
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline, node
from kedro_datasets.text import TextDataset
from lxml import html as lxml_html

from ees_analytics.contracts import contract_for
from ees_analytics.contracts.validator import check
from ees_analytics.lake.table import TableDataset
from ees_analytics.run_report.days import gaps, shortly
from ees_analytics.run_report.facts import Outcome, RunFacts, TableFacts, TableStatus, Unclassified
from ees_analytics.run_report.hooks import RUNS, RunReportHooks, run_row
from ees_analytics.run_report.html import page, service_link, what_changed
from ees_analytics.run_report.text import lines, tell
from ees_analytics.runner import IndependentRunner, RunFailed
from ees_analytics.slices.landing_zone import LandingZone
from ees_analytics.slices.ledger import LedgerEntry, SliceState
from ees_analytics.slices.plan import IngestPlan
from ees_analytics.slices.slice import QuarantinedSlice
from ees_analytics.slices.state import TableState

RUN = "2026-06-30T06.00.00.000Z"
NASTY = '<script>alert("x")</script>'
NOW = dt.datetime(2026, 6, 30, 6, tzinfo=dt.UTC)
SUMMARY = "raw.ees_ga4_hourly"


def facts(**more) -> RunFacts:
    tables = [
        TableFacts(
            "raw.ees_ga4_page", "One row", TableStatus.CHANGED, rows_added=12, rows_total=30,
            newest=dt.date(2026, 6, 28), added=["2026-06-27", "2026-06-28"], restated=["2026-06-20"],
            quarantined={"2026-06-19": NASTY}, missing=["2026-06-18"], flags={"sampled": ["2026-06-28"]}, checks=4, saved=True,
        ),
        TableFacts("app.ees_service_summary", "One day", TableStatus.FAILED, reason="2 null(s) in date"),
        TableFacts("app.ees_publication_summary", fate=TableStatus.NOT_RUN, reason="something that it needs failed"),
    ]  # fmt: skip
    told = {
        "run_id": RUN, "env": "base", "pipelines": ["__default__"], "run_date": dt.date(2026, 6, 30),
        "started_at": NOW, "finished_at": NOW + dt.timedelta(seconds=9), "outcome": Outcome.FAILED,
        "failures": {"ees_service_summary": "2 null(s) in date"}, "tables": tables,
        "unclassified": [
            Unclassified("ees_service_downloads", "pagePath", f"/find-statistics/{NASTY}", "2026-06-01", 7.0,
                         "downloads.page_type", '- {equals: "x", label: "CHOOSE A LABEL"}')
        ],
        "timings": [("ees_service_summary", 1.25)],
    }  # fmt: skip
    return RunFacts(**{**told, **more})


def entry(name: str, state: SliceState, **more) -> LedgerEntry:
    return LedgerEntry("ees_ga4_hourly", name, state, RUN, NOW, **more)


def run(tmp_path, steps: list, given: dict | None = None, seen: dict | None = None) -> DataCatalog:
    """Run a pipeline with the hooks, as a session does; steps find the catalogue in ``seen["it"]``."""
    pipeline = Pipeline(steps)
    table = {"engine": "sail", "lake_root": str(tmp_path / "lake")}
    catalog = DataCatalog({name: MemoryDataset(value) for name, value in (given or {}).items()})
    catalog[RUNS] = TableDataset(table=RUNS, mode="append", **table)
    catalog[f"report.{RUN}"] = TextDataset(filepath=str(tmp_path / "reports" / f"{RUN}.html"))
    for name in pipeline.all_outputs() - set(catalog.keys()):
        catalog[name] = TableDataset(table=name, **table) if name.startswith("app.") else MemoryDataset()
    (seen if seen is not None else {})["it"] = catalog
    manager = _create_hook_manager()
    manager.register(RunReportHooks())
    told = {"run_params": {"run_id": RUN, "env": "base"}, "pipeline": pipeline, "catalog": catalog}
    manager.hook.before_pipeline_run(**told)
    try:
        result = IndependentRunner().run(pipeline, catalog, manager)
        manager.hook.after_pipeline_run(run_result=result, **told)
    except RunFailed as error:
        manager.hook.on_pipeline_error(error=error, **told)
    return catalog


def moment(_: object):
    contract = contract_for("app.ees__last_updated")
    return contract.arrow_schema.remove_metadata().empty_table()


def broken(_: object):
    raise ValueError("the third row is odd")


def row_of(catalog: DataCatalog) -> dict:
    (row,) = catalog[RUNS].storage.rows().to_pylist()
    return row


def test_a_run_leaves_a_page_and_a_row(tmp_path, capsys):
    step = node(moment, "a", "app.ees__last_updated", name="ees__last_updated")
    row = row_of(run(tmp_path, [step], {"a": 1}))
    assert (row["run_id"], row["outcome"], row["failures"]) == (RUN, "succeeded", None)
    text = (tmp_path / "reports" / f"{RUN}.html").read_text()
    assert "Succeeded" in text
    assert "ees__last_updated" in text.replace("<wbr>", "")
    assert row["report"].endswith(f"{RUN}.html")
    assert "✓ Run" in capsys.readouterr().out


def test_a_failed_run_leaves_them_too(tmp_path, capsys):
    steps = [
        node(broken, "a", "b", name="first"),
        node(moment, "b", "app.ees__last_updated", name="ees__last_updated"),
    ]
    row = row_of(run(tmp_path, steps, {"a": 1}))
    assert row["outcome"] == "failed"
    assert "first: the third row is odd" in row["failures"]
    (table,) = json.loads(row["summary"])["tables"]
    assert table["fate"] == "not run"
    assert "FAILED" in capsys.readouterr().out


def test_a_run_that_was_stopped_blames_nothing(tmp_path, capsys):
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


def test_words_that_nobody_hears_any_more_do_not_hide_how_the_run_ended(tmp_path, monkeypatch):
    def broken_pipe(*_):
        raise SystemExit(1)

    monkeypatch.setattr("ees_analytics.run_report.hooks.tell", broken_pipe)
    assert row_of(run(tmp_path, [node(broken, "a", "b", name="first")], {"a": 1}))["outcome"] == "failed"


def test_values_beyond_those_that_are_listed_are_counted(tmp_path, capsys):
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

    assert "60 values that no rule knows" in capsys.readouterr().out
    text = (tmp_path / "reports" / f"{RUN}.html").read_text()
    assert "60 values that no rule knows" in text
    assert "10 more stand in <code>analytics_app.ees_unclassified</code>" in text


def test_a_report_that_cannot_be_written_hides_nothing(tmp_path, caplog):
    (tmp_path / "reports").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        row = row_of(run(tmp_path, [node(moment, "a", "app.ees__last_updated", name="last")], {"a": 1}))
    assert row["outcome"] == "succeeded"
    assert row["report"] is None
    assert "The page of the run report could not be written" in caplog.text


def test_what_the_ledger_says_is_told(tmp_path):
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


def test_what_an_earlier_run_set_aside_and_this_one_did_not_ask_for_is_no_trouble_of_this_one(
    tmp_path, capsys
):
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
    assert table["quarantined"] == {"2026-06-27": "the source was asleep"}
    assert table["quarantined_before"] == ["2025-06-01"]
    assert table["read_again"] == ["2026-06-25", "2026-06-28"]
    told = capsys.readouterr().out
    assert "1 set aside: 2026-06-27" in told
    assert "2 days read again, no change" in told
    assert "2025-06-01" not in told


def test_days_that_are_read_again_are_told_also_where_nothing_changed():
    table = TableFacts("raw.ees_ga4_page", read_again=["2026-06-26", "2026-06-27", "2026-06-28"])
    assert what_changed(table) == "up to date; 3 days read again, no change (2026-06-26 to 2026-06-28)"
    assert "1 up to date; 3 days read again, no change" in "\n".join(
        line for _, line in lines(facts(tables=[table]), None)
    )


def test_days_and_tables_set_aside_for_one_reason_share_a_row():
    days = {"2026-06-29": "asleep", "2026-06-30": "asleep", "2026-07-02": "gone"}
    tables = [TableFacts(f"raw.ees_ga4_{name}", quarantined=days) for name in ("page", "hourly")]
    tables.append(TableFacts("raw.ees_search_console", quarantined_before=["2025-06-01", "2025-06-02"]))
    tree = lxml_html.fromstring(page(facts(tables=tables)))
    (found,) = [
        table
        for table in tree.xpath("//table")
        if table.xpath("./caption[.='Days and files with the reasons']")
    ]
    assert [[cell.text_content() for cell in row] for row in found.xpath("./tbody/tr")] == [
        ["ees_ga4_page, ees_ga4_hourly", "2026-06-29 to 2026-06-30", "asleep"],
        ["ees_ga4_page, ees_ga4_hourly", "2026-07-02", "gone"],
    ]
    (earlier,) = tree.xpath("//h2[.='Set aside by earlier runs']/following-sibling::ul[1]/li")
    assert earlier.text_content() == "ees_search_console: 2025-06-01 to 2025-06-02"


def test_a_table_with_rows_after_the_day_of_the_run_is_not_younger_than_nothing():
    table = TableFacts("raw.ees_ga4_page", newest=dt.date(2026, 7, 3))
    (row,) = lxml_html.fromstring(page(facts(tables=[table]))).xpath(
        "//table[./caption[.='Raw tables']]/tbody/tr"
    )
    assert [cell.text_content() for cell in row][3:5] == ["2026-07-03", "–"]


def test_what_was_written_just_before_a_stop_is_told(tmp_path):
    """Ctrl+C may come between a commit and the word of it."""
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


def test_the_row_fits_its_contract():
    assert check(run_row(facts(), "x.html"), contract_for(RUNS)).num_rows == 1


def test_the_page_is_self_contained_and_escaped():
    text = page(facts())
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    links = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert all(
        link.startswith(("#", "https://explore-education-statistics.service.gov.uk/")) for link in links
    )
    assert not re.search(r"url\(|@import|<link|<img|<iframe", text)


def test_tables_that_lack_the_same_log_files_share_a_line():
    gaps = ["2026-05-16 to 2026-05-17 (weekend): no file was delivered"]
    text = page(
        facts(log_gaps={"raw_ees_queries": gaps, "raw_ees_top_level": gaps, "raw_ees_data_sets": ["x"]})
    )
    assert text.count("2026-05-16 to 2026-05-17") == 1
    assert "<code>raw_ees_queries</code>, <code>raw_ees_top_level</code>" in text


def test_the_page_names_the_whole_run_in_words():
    assert "__default__" not in page(facts())
    assert "all of the daily run" in page(facts())


def test_every_table_has_a_caption_and_a_region_that_the_keyboard_reaches():
    tree = lxml_html.fromstring(page(facts()))
    assert tree.xpath("//table")
    assert all(table.xpath("./caption") for table in tree.xpath("//table"))
    for region in tree.xpath("//div[@class='scroll']"):
        assert (region.get("role"), region.get("tabindex")) == ("region", "0")
        assert region.get("aria-label")


def test_a_long_name_breaks_between_its_words_and_stays_escaped():
    text = page(facts(failures={"reporting.ees_x": "first\nsecond", "<b>_y": "third"}))
    assert "reporting.<wbr>ees_<wbr>x" in text
    assert "&lt;b&gt;_<wbr>y" in text


def test_the_page_is_accessible():
    tree = lxml_html.fromstring(page(facts()))
    assert tree.get("lang") == "en-GB"
    assert len(tree.xpath("//h1")) == 1
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1|//h2|//h3")]
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert tree.xpath("//th")
    assert all(header.get("scope") in ("col", "row") for header in tree.xpath("//th"))
    assert all(table.xpath(".//thead//th[@scope='col']") for table in tree.xpath("//table"))
    assert tree.xpath("//main") and tree.xpath("//title")


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", ["#0b0c0c", "#505a5f", "#942514", "#1d70b8"])
def test_text_stands_out(colour):
    assert colour in page(facts())
    assert (1.05) / (luminance(colour) + 0.05) >= 4.5


def test_the_page_of_a_quiet_run():
    quiet = facts(
        outcome=Outcome.SUCCEEDED, failures={}, tables=[], unclassified=[], timings=[], run_date=None
    )
    assert "<p>Nothing.</p>" in page(quiet)


def test_what_changed_in_words():
    assert what_changed(facts().tables[0]) == (
        "2 days added (2026-06-27 to 2026-06-28); 1 restated (2026-06-20); 12 rows"
    )
    assert what_changed(facts().tables[1]) == "failed: 2 null(s) in date"


def test_a_few_plain_lines_without_a_terminal():
    stream = io.StringIO()
    tell(facts(), "data/reports/x.html", stream)
    text = stream.getvalue()
    assert "\x1b" not in text
    assert len(text.splitlines()) < 12
    assert "✗ Run for 2026-06-30 (base) FAILED" in text
    assert "data/reports/x.html" in text


def test_what_is_the_same_of_several_tables_is_told_once():
    waiting = [TableFacts(f"raw.ees_ga4_{n}", young=["2026-06-28"]) for n in range(7)]
    told = [
        line for _, line in lines(facts(tables=waiting, failures={}, unclassified=[]), None) if "!" in line
    ]
    assert told == [
        "  ! ees_ga4_0, ees_ga4_1, ees_ga4_2, ees_ga4_3, ees_ga4_4 and 2 more: not published yet: 2026-06-28. "
        "Nothing: a later run asks again."
    ]


def test_a_table_that_failed_in_the_end_tells_what_came_in_before():
    table = TableFacts("raw.ees_ga4_page", fate=TableStatus.FAILED, reason="1 day did not come in.", added=["2026-06-28"],
                       rows_added=12)  # fmt: skip
    assert what_changed(table) == "failed: 1 day did not come in; 1 day added (2026-06-28); 12 rows"
    assert facts(tables=[table]).rows_added == 12
    assert "  Google Analytics 4  1 day, 12 rows came in; 1 FAILED" in [
        line for _, line in lines(facts(tables=[table]), None)
    ]


def test_the_terminal_says_which_days_and_how_many_checks():
    told = [line for _, line in lines(facts(), None)]
    assert "  Google Analytics 4  1 changed, 2 days, 12 rows; 1 day restated; newest day 2026-06-28" in told
    assert "  Checks              4 passed; 1 table FAILED" in told
    files = [TableFacts("raw.raw_ees_queries", fate=TableStatus.CHANGED, added=["a.parquet"], rows_added=3)]
    assert "  Log files           1 changed, 1 file, 3 rows" in [
        line for _, line in lines(facts(tables=files), None)
    ]


def test_a_table_that_nothing_was_written_to_passed_no_checks():
    assert TableFacts("raw.ees_ga4_page", checks=4, rows_total=9).checks_passed == 0
    assert TableFacts("app.ees_service_summary", checks=4, saved=True).checks_passed == 4


def test_lines_never_grow_into_a_wall():
    many = [TableFacts(f"raw.ees_ga4_{n}", quarantined={"2026-06-19": "x"}) for n in range(40)]
    assert len(list(lines(facts(tables=many), None))) < 15


def test_only_paths_of_the_service_become_links():
    assert (
        service_link("/find-statistics/a b")
        == "https://explore-education-statistics.service.gov.uk/find-statistics/a%20b"
    )
    assert service_link("//evil.example") == service_link("javascript:alert(1)") == service_link(None) == ""


def test_few_names_are_shown():
    assert shortly([f"file{n}" for n in range(9)]).endswith("and 4 more")


def test_gaps_are_neither_held_nor_known_empty():
    ledger = {
        "2026-06-02": entry("2026-06-02", SliceState.EMPTY),
        "2026-06-03": entry("2026-06-03", SliceState.LANDED),
    }
    assert gaps(["2026-06-01", "2026-06-05"], ledger) == ["2026-06-03 to 2026-06-04"]
    aside = ["2026-06-04", "2026-06-09"]
    assert gaps(["2026-06-01", "2026-06-05"], ledger, aside) == ["2026-06-03"], "nor after the newest day"


def test_a_failed_tables_reason_is_told_whole_only_once():
    table = TableFacts("app.x", fate=TableStatus.FAILED, reason="21 of 90 are unclassified:\n  - {equals: y}")
    assert what_changed(table) == "failed: 21 of 90 are unclassified"


def test_a_run_that_makes_no_table_says_which_pipeline_ran():
    done = facts(tables=[], pipelines=["export"], other_work={"Export": "3 rows of 2 tables written"})
    first = next(iter(lines(done, None)))[1]
    assert first.endswith(" s: export")
    assert ("", "  Export              3 rows of 2 tables written") in list(lines(done, None))
    told = page(done)
    assert "0 of 0 tables" not in told
    assert "<dt>Export</dt><dd>3 rows of 2 tables written.</dd>" in told
    assert "<h2>Tables</h2>" not in told
