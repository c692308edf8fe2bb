"""The page shows the facts, is accessible and trusts no value."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from lxml import html as lxml_html

from ees_analytics.lake.changes import RowCounts, TableChanges
from ees_analytics.run_report.facts import Outcome, TableFacts, TableStatus
from ees_analytics.run_report.history import past_runs
from ees_analytics.run_report.page import page, service_link, what_changed
from tests.run_report.examples import NASTY, example_run


def test_the_page_is_self_contained_and_escaped():
    text = page(example_run(), past_runs([], [], example_run()))
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    links = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert all(
        link.startswith(("#", "https://explore-education-statistics.service.gov.uk/"))
        or link in ("index.html", "2026-06-30T06.00.00.000Z.html")
        for link in links
    )
    assert not re.search(r"url\(|@import|<link|<img|<iframe", text)


def test_tables_that_lack_the_same_log_files_share_a_line():
    gaps = ["2026-05-16 to 2026-05-17 (weekend): no file was delivered"]
    text = page(
        example_run(log_gaps={"raw_ees_queries": gaps, "raw_ees_top_level": gaps, "raw_ees_data_sets": ["x"]})
    )
    assert text.count("2026-05-16 to 2026-05-17") == 1
    assert "<code>raw_ees_queries</code>, <code>raw_ees_top_level</code>" in text


def test_days_and_tables_set_aside_for_the_same_reason_share_a_row():
    days = {"2026-06-29": "asleep", "2026-06-30": "asleep", "2026-07-02": "gone"}
    tables = [TableFacts(f"raw.ees_ga4_{name}", quarantined=days) for name in ("page", "hourly")]
    tables.append(TableFacts("raw.ees_search_console", quarantined_before=["2025-06-01", "2025-06-02"]))
    tree = lxml_html.fromstring(page(example_run(tables=tables)))
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


def test_breaks_in_the_series_are_listed():
    day, end = dt.date(2026, 2, 13), dt.date(2026, 2, 16)
    found = {"first_date": day, "last_date": end, "tables": "ees_api_*", "text": NASTY, "source": "Volume"}
    run = example_run(annotations=[found, {**found, "last_date": None, "text": "A new design"}])
    assert body(page(run), "Known breaks in the series, the newest first") == [
        ["ees_api_*", "2026-02-13to 2026-02-16", NASTY, "Volume"],
        ["ees_api_*", "from 2026-02-13", "A new design", "Volume"],
    ]


def test_parts_of_the_website_that_no_rule_names_are_listed():
    days = {"first_date": dt.date(2025, 11, 3), "last_date": dt.date(2026, 6, 28)}
    found = {"section": "/search-data", "example": f"/search-data/{NASTY}", **days, "pageviews": 31200.0, "last_28_days": 1234.0}  # fmt: skip
    text = page(example_run(catch_all=[found], catch_all_more=3))
    assert body(text, "Parts of the website, the most viewed in the newest 28 days first") == [
        ["/search-data", f"/search-data/{NASTY}", "2025-11-03to 2026-06-28", "1,234", "31,200"]
    ]
    assert "3 more are in <code>analytics_app.ees_catch_all_paths</code>" in text


def test_a_value_that_several_tables_share_is_listed_once_with_a_block_of_rules_to_copy():
    rule = '- {equals: "<b>", label: "CHOOSE A LABEL"}'
    row = {"field": "pagePath", "value": NASTY, "days": "2026-06-08", "count": 5.0, "rules": "page_type_by_path", "suggestion": rule}  # fmt: skip
    other = {**row, "table": "ees_service_accordions", "value": "x", "rules": "accordions.page_type"}
    rows = [{**row, "table": "ees_session_starts"}, other, {**row, "table": "ees_service_source_medium"}]
    text = page(example_run(unclassified=rows))
    assert body(text, "Values, the highest counts first") == [
        [f"pagePath: “{NASTY}”", "2026-06-08", "5", "ees_session_starts, ees_service_source_medium", "page_type_by_path"],
        ["pagePath: “x”", "2026-06-08", "5", "ees_service_accordions", "accordions.page_type"],
    ]  # fmt: skip
    blocks = lxml_html.fromstring(text).xpath("//pre")
    assert [(block.get("aria-label"), block.text_content()) for block in blocks] == [
        ("Rows for the list page_type_by_path", rule), ("Rows for the list accordions.page_type", rule),
    ]  # fmt: skip


def test_events_that_no_table_counts_and_those_that_fell_silent_are_listed():
    days = {"era": "GA4", "first_date": dt.date(2025, 11, 3), "last_date": dt.date(2026, 6, 28)}
    unknown = {**days, "eventName": NASTY, "counted_in": None, "last_28_days": 1200.0, "eventCount": 5000.0}
    once = {**unknown, "eventName": "Once", "first_date": days["last_date"]}
    silent = {**days, "eventName": "PageSearchForm", "counted_in": "search_events", "previous_28_days": 28.0, "eventCount": 60.0}  # fmt: skip
    text = page(example_run(unknown_events=[unknown, once], unknown_events_more=4, silent_events=[silent]))
    assert body(text, "Unknown events, the highest counts first") == [
        [NASTY, "GA4", "2025-11-03to 2026-06-28", "1,200", "5,000"],
        ["Once", "GA4", "2026-06-28", "1,200", "5,000"],
    ]
    assert body(text, "Events that are counted and fell silent, with the rule lists that count them") == [
        ["PageSearchFormsearch_events", "GA4", "2025-11-03to 2026-06-28", "28", "60"]
    ]
    assert "4 more are in <code>analytics_app.ees_event_names</code>" in text


def body(text: str, caption: str) -> list[list[str]]:
    """The texts in the cells of the table with this caption."""
    rows = lxml_html.fromstring(text).xpath(f"//table[./caption[.='{caption}']]/tbody/tr")
    return [[cell.text_content() for cell in row] for row in rows]


def test_a_table_newer_than_the_run_date_has_no_age():
    table = TableFacts("raw.ees_ga4_page", newest=dt.date(2026, 7, 3))
    (row,) = lxml_html.fromstring(page(example_run(tables=[table]))).xpath(
        "//table[./caption[.='Raw tables']]/tbody/tr"
    )
    assert [cell.text_content() for cell in row][4:6] == ["2026-07-03", "–"]


def test_a_table_links_to_its_page_of_the_catalogue_if_there_is_one():
    tables = [TableFacts(name, "") for name in ("raw.ees_ga4_page", "raw.ees_new")]
    tree = lxml_html.fromstring(page(example_run(tables=tables), described={"raw.ees_ga4_page"}))
    assert tree.xpath("//a[contains(@href, 'catalogue')]/@href") == ["../catalogue/raw.ees_ga4_page.html"]


def test_the_page_describes_the_default_pipeline():
    assert "__default__" not in page(example_run())
    assert "the whole daily run" in page(example_run())


def test_every_table_has_a_caption_and_a_region_that_can_have_focus():
    tree = lxml_html.fromstring(page(example_run()))
    assert tree.xpath("//table")
    assert all(table.xpath("./caption") for table in tree.xpath("//table"))
    for region in tree.xpath("//div[@class='scroll']"):
        assert (region.get("role"), region.get("tabindex")) == ("region", "0")
        assert region.get("aria-label")


def test_a_long_name_breaks_between_its_words_and_stays_escaped():
    text = page(example_run(failures={"reporting.ees_x": "first\nsecond", "<b>_y": "third"}))
    assert "reporting.<wbr>ees_<wbr>x" in text
    assert "&lt;b&gt;_<wbr>y" in text


def test_commands_in_advice_are_code_and_stay_escaped():
    text = page(example_run(failures={"a": f"It broke. Run `kedro doctor {NASTY}` first."}))
    assert "Run <code>kedro doctor &lt;script&gt;" in text
    assert "<script" not in text
    assert "1 step failed" in text


def test_the_page_is_accessible():
    tree = lxml_html.fromstring(page(example_run()))
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
def test_text_has_enough_contrast(colour):
    assert colour in page(example_run())
    assert (1.05) / (luminance(colour) + 0.05) >= 4.5


def test_the_page_of_a_run_without_problems():
    quiet = example_run(
        outcome=Outcome.SUCCEEDED, failures={}, tables=[], unclassified=[], timings=[], run_date=None
    )
    assert "<p>Nothing.</p>" in page(quiet)


def test_what_changed():
    assert what_changed(example_run().tables[0]) == (
        "2 days added (2026-06-27 to 2026-06-28); 1 restated (2026-06-20); 12 rows"
    )
    assert what_changed(example_run().tables[1]) == "failed: 2 null(s) in date"


def test_what_changed_in_an_app_table_is_listed_by_day_and_column():
    table = TableFacts("app.ees_service_summary", status=TableStatus.CHANGED, rows_added=2314)
    assert what_changed(table) == "new, 2,314 rows"
    days = {"2026-06-28": RowCounts(added=412), "2026-06-27": RowCounts(removed=1, changed=3)}
    table.changes = TableChanges(RowCounts(412, 1, 3), 2, days, {"pageviews": 3, "sessions": 1})
    assert what_changed(table) == (
        "412 rows added, 1 removed, 3 changed (pageviews, sessions) on 2 days: 2026-06-28 (412 rows added), "
        "2026-06-27 (1 row removed, 3 changed)"
    )
    table.changes = TableChanges(
        RowCounts(added=9), 12, {f"2026-06-{day}": RowCounts(1) for day in range(28, 16, -1)}
    )
    assert what_changed(table).endswith("2026-06-24 (1 row added) and 7 more")


def test_what_changed_has_the_first_line_of_a_reason():
    table = TableFacts(
        "app.x", status=TableStatus.FAILED, reason="21 of 90 are unclassified:\n  - {equals: y}"
    )
    assert what_changed(table) == "failed: 21 of 90 are unclassified"


def test_only_paths_of_the_service_become_links():
    assert (
        service_link("/find-statistics/a b")
        == "https://explore-education-statistics.service.gov.uk/find-statistics/a%20b"
    )
    assert service_link("//evil.example") == service_link("javascript:alert(1)") == service_link(None) == ""
