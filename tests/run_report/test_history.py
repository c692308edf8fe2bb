"""All runs, the newest first; only pages that exist are linked."""

from __future__ import annotations

import datetime as dt

from lxml import html as lxml_html

from ees_analytics.run_report.history import past_runs
from ees_analytics.run_report.page import index_page, page
from tests.run_report.examples import NASTY, NOW, RUN, example_run

BEFORE = "2026-06-29T06.00.00.000Z"


def recorded(name: str, days_ago: int, **more) -> dict:
    start = NOW - dt.timedelta(days=days_ago)
    row = {
        "run_id": name,
        "started_at": start,
        "finished_at": start + dt.timedelta(seconds=75),
        "env": "base",
    }
    more = {
        "pipelines": "__default__",
        "outcome": "succeeded",
        "tables_changed": 2,
        "rows_added": 1234,
    } | more
    return {**row, "run_date": start.date(), **more}


def test_runs_are_listed_once_and_the_newest_first():
    runs = past_runs(
        [recorded("old", 9), recorded(BEFORE, 1), recorded(RUN, 0)], [RUN, BEFORE], example_run()
    )
    assert [(run.run_id, run.has_page) for run in runs] == [(RUN, True), (BEFORE, True), ("old", False)]
    assert runs[1].seconds == 75


def test_a_page_of_another_lake_stays_listed():
    runs = past_runs([], ["2026-01-01T06.00.00.000Z", "index", "latest"], example_run())
    assert [run.run_id for run in runs] == [RUN, "2026-01-01T06.00.00.000Z"]


def test_the_list_escapes_and_links_pages():
    rows = [recorded(NASTY, 1, pipelines=NASTY, env=NASTY), recorded("gone", 2)]
    text = index_page(past_runs(rows, [NASTY], example_run()))
    assert "<script" not in text
    table = lxml_html.fromstring(text).xpath("//tbody/tr")
    assert [len(row.xpath("./th/a")) for row in table] == [1, 1, 0]
    assert [cell.text_content() for cell in table[1]] == [
        "2026-06-29 06:00", "✓ succeeded", "2026-06-29", NASTY, NASTY, "2", "1,234", "75.0",
    ]  # fmt: skip


def test_the_page_shows_the_last_thirty_runs():
    runs = past_runs([recorded(f"run {number}", number) for number in range(1, 50)], ["run 1"], example_run())
    strip = lxml_html.fromstring(page(example_run(), runs)).xpath("//ol[@class='strip']/li")
    assert len(strip) == 30
    assert "The last 30 runs" in page(example_run(), runs)
    assert "The last run</h2>" in page(example_run(), runs[:1])
    assert [item.text_content() for item in strip[:3]] == [
        "✗2026-06-30 06:00, failed", "✓2026-06-29 06:00, succeeded", "✓2026-06-28 06:00, succeeded, its page was deleted",
    ]  # fmt: skip
    assert [item.xpath("./a/@href") for item in strip[:3]] == [[f"{RUN}.html"], ["run%201.html"], []]
