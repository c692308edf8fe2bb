"""The lines on the terminal are few, and show what changed and what needs attention."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from ees_analytics.run_report.facts import TableFacts, TableStatus
from ees_analytics.run_report.page import page, what_changed
from ees_analytics.run_report.terminal import lines, render
from tests.run_report.examples import example_run


def test_a_few_plain_lines_without_a_terminal():
    stream = io.StringIO()
    render(example_run(), "data/reports/x.html", stream)
    text = stream.getvalue()
    assert "\x1b" not in text
    assert len(text.splitlines()) < 12
    assert "✗ Run for 2026-06-30 (base) FAILED" in text
    assert "data/reports/x.html" in text


def test_a_reason_is_cut_and_a_path_is_not():
    table = TableFacts("raw.ees_ga4_page", missing=[f"2026-{n:04d}" for n in range(9)])
    facts = example_run(tables=[table], failures={}, unclassified=[])
    facts = replace(facts, places={"tables": "/a" * 200}, side_tasks={"Task": "not done: " + "why " * 200})
    stream = io.StringIO()
    render(facts, "/r" * 200, stream)
    shown = stream.getvalue()
    assert "/a" * 200 in shown
    assert "/r" * 200 in shown
    (task,) = [line for line in shown.splitlines() if "not done" in line]
    assert 300 < len(task) < 330


@pytest.mark.parametrize(
    ("variables", "escapes"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_a_terminal_for_plain_text_gets_no_escape_codes(variables, escapes, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    stream.isatty = lambda: True
    render(example_run(), "data/reports/x.html", stream)
    assert ("\x1b" in stream.getvalue()) is escapes


def test_what_several_tables_share_is_one_line():
    waiting = [TableFacts(f"raw.ees_ga4_{n}", not_yet_published=["2026-06-28"]) for n in range(7)]
    shown = [
        line
        for _, line in lines(example_run(tables=waiting, failures={}, unclassified=[]), None)
        if "!" in line
    ]
    assert shown == [
        "  ! ees_ga4_0, ees_ga4_1, ees_ga4_2, ees_ga4_3, ees_ga4_4 and 2 more: not published yet: 2026-06-28. "
        "Nothing. A later run requests these days again."
    ]


def test_a_failed_table_shows_what_was_ingested_before():
    table = TableFacts("raw.ees_ga4_page", status=TableStatus.FAILED, reason="1 day did not come in.", added=["2026-06-28"],
                       rows_added=12)  # fmt: skip
    assert what_changed(table) == "failed: 1 day did not come in; 1 day added (2026-06-28); 12 rows"
    assert example_run(tables=[table]).rows_added == 12
    assert "  Google Analytics 4  1 day, 12 rows added; 1 table FAILED" in [
        line for _, line in lines(example_run(tables=[table]), None)
    ]


def test_slices_and_checks_are_counted():
    shown = [line for _, line in lines(example_run(), None)]
    assert (
        "  Google Analytics 4  1 table changed, 2 days, 12 rows; 1 day restated; newest day 2026-06-28"
        in shown
    )
    assert "  Checks              4 passed; 1 table FAILED" in shown
    files = [TableFacts("raw.raw_ees_queries", status=TableStatus.CHANGED, added=["a.parquet"], rows_added=3)]
    assert "  Log files           1 table changed, 1 file, 3 rows" in [
        line for _, line in lines(example_run(tables=files), None)
    ]


def test_days_read_again_are_shown_even_if_nothing_changed():
    table = TableFacts("raw.ees_ga4_page", read_again=["2026-06-26", "2026-06-27", "2026-06-28"])
    assert what_changed(table) == "up to date; 3 days read again, no change (2026-06-26 to 2026-06-28)"
    assert "1 table up to date; 3 days read again, no change" in "\n".join(
        line for _, line in lines(example_run(tables=[table]), None)
    )


def test_the_number_of_lines_is_limited():
    many = [TableFacts(f"raw.ees_ga4_{n}", quarantined={"2026-06-19": "x"}) for n in range(40)]
    assert len(list(lines(example_run(tables=many), None))) < 15


def test_a_run_without_tables_names_its_pipeline():
    done = example_run(tables=[], pipelines=["export"], side_tasks={"Export": "3 rows of 2 tables written"})
    first = next(iter(lines(done, None)))[1]
    assert first.endswith(" s: export")
    assert ("", "  Export              3 rows of 2 tables written") in list(lines(done, None))
    shown = page(done)
    assert "0 of 0 tables" not in shown
    assert "<dt>Export</dt><dd>3 rows of 2 tables written.</dd>" in shown
    assert "<h2>Tables</h2>" not in shown
