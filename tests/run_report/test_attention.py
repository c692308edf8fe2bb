"""What needs attention is grouped, the most serious first."""

import pytest

from ees_analytics.run_report.attention import attention
from ees_analytics.run_report.facts import TableFacts
from tests.run_report.examples import example_run


def test_what_several_tables_share_is_one_item_and_lost_days_come_before_gaps():
    tables = [
        TableFacts("raw.ees_ga4_page", missing=["2026-06-01 to 2026-06-03", "2026-06-10"]),
        TableFacts("raw.ees_search_console", expired=["2025-01-01"]),
        TableFacts("raw.ees_ga4_hourly", missing=["2026-06-01 to 2026-06-03", "2026-06-10"]),
    ]
    items = list(attention(example_run(tables=tables, failures={}, unclassified=[])))
    assert [(item.about, item.what) for item in items] == [
        (["ees_search_console"], "lost: the source no longer has 2025-01-01"),
        (["ees_ga4_page", "ees_ga4_hourly"], "gaps: 2026-06-01 to 2026-06-03, 2026-06-10"),
    ]


def test_days_that_tables_lack_are_named_where_nothing_was_ingested():
    missing = {
        "ees_ga4_page": ["2026-06-24"],
        "ees_ga4_events": ["2026-06-24"],
        "ees_ua_page": ["2023-05-01"],
    }
    run = example_run(tables=[], failures={}, unclassified=[], missing_days=missing)
    items = list(attention(run))
    assert [(item.about, item.what) for item in items] == [
        (["ees_ga4_page", "ees_ga4_events"], "days are missing: 2026-06-24"),
        (["ees_ua_page"], "days are missing: 2023-05-01"),
    ]
    assert "kedro run --pipelines ingest" in items[0].todo
    assert items[1].todo.startswith("The table is frozen"), "no ingest can fetch them"
    assert "known_empty" in items[1].todo


def test_events_that_no_table_counts_now_and_those_that_fell_silent_are_named():
    unknown = [
        {"eventName": "Survey Link Clicked", "last_28_days": 9.0},
        {"eventName": "Gone", "last_28_days": 0.0},
    ]
    silent = [{"eventName": "PageSearchForm", "previous_28_days": 30.0}]
    run = example_run(tables=[], failures={}, unclassified=[], unknown_events=unknown, silent_events=silent)
    assert [(item.about, item.what) for item in attention(run)] == [
        (["Events"], "no table counts Survey Link Clicked"),
        (["Events"], "fell silent: PageSearchForm"),
    ]


def todo(reason: str, step: str = "reporting.events.ees_service_downloads") -> tuple[str, str]:
    (item,) = attention(example_run(tables=[], unclassified=[], failures={step: reason}))
    return item.what, item.todo


AGAIN = " Then run the same command again: finished work is not repeated."


def test_the_advice_of_a_failure_is_that_of_its_message():
    lost = "ees_x: the new version has 1 rows instead of 9. The table stays as it is. Find out which raw table lost rows. "
    right = "If the new version is right, run again with `--params accept_loss=ees_x`."
    what, advice = todo(lost + right)
    assert what == "ees_x: the new version has 1 rows instead of 9. The table stays as it is."
    assert advice == f"Find out which raw table lost rows. {right}{AGAIN}"


@pytest.mark.parametrize("end", ["", ".", ";", ":"])
def test_advice_ends_with_a_full_stop(end):
    assert todo(f"no answer. Run again{end}") == ("no answer.", f"Run again.{AGAIN}")


def test_a_message_with_details_stays_whole():
    reason = "ees_x: 2 of 9 are unclassified. Add rules to conf/base/parameters_rules.yml:\n  - {equals: y}\n  - {equals: z}"
    assert todo(reason) == (reason, f"Add rules to conf/base/parameters_rules.yml.{AGAIN}")


def test_rules_that_the_report_lists_are_not_repeated():
    reason = "ees_x: 2 of 9 are unclassified. The table stays as it is. Add rules to conf/base/parameters_rules.yml:\n  'y': 2\n  - {equals: y}"
    row = {
        "field": "pagePath",
        "value": "y",
        "count": 2.0,
        "days": "2026-06-08",
        "rules": "x",
        "suggestion": "- {equals: y}",
    }
    item = next(
        attention(example_run(tables=[], unclassified=[{**row, "table": "ees_x"}], failures={"a": reason}))
    )
    assert item.what == "ees_x: 2 of 9 are unclassified. The table stays as it is."
    added = "Add rules to conf/base/parameters_rules.yml: they are under “Values that match no rule”."
    assert item.todo == added + AGAIN


def test_days_that_were_set_aside_have_the_advice_of_their_reasons():
    right = "If the source is right: run ingest with `accept_days`."
    reasons = {"2026-06-27": f"the source has 1 row, 9 before. {right}", "2026-06-28": f"no rows. {right}"}
    tables = [
        TableFacts("raw.ees_ga4_page", quarantined=reasons),
        TableFacts("raw.ees_ga4_events", quarantined={"2026-06-28": "asleep"}),
    ]
    first, second = attention(example_run(tables=tables, failures={}, unclassified=[]))
    assert first.todo == f"{right} The next run tries again."
    assert second.todo == "The report has the reasons. The next run tries again."


def test_where_a_message_has_no_advice_the_kind_of_step_gives_it():
    assert todo("2 null(s) in date")[1].startswith("docs/how-to/investigate-a-failed-check.md")
    assert todo("the source hung up", "ingest.ees_ga4_page.land")[1].startswith("`kedro doctor --env base`")


def test_a_value_of_several_tables_counts_once():
    row = {
        "field": "pagePath",
        "value": "(not set)",
        "count": 5.0,
        "days": "2026-06-08",
        "rules": "x",
        "suggestion": "",
    }
    rows = [{**row, "table": table} for table in ("ees_service_device_browser", "ees_session_starts")]
    (item,) = attention(example_run(tables=[], failures={}, unclassified=rows))
    assert item.what == "1 value matches no rule"


def test_log_files_of_the_same_days_that_are_set_aside_are_one_item():
    reason = "its date is after the day of the run. Wait for a run of a later day, which ingests it."
    tables = [
        TableFacts(f"raw.raw_ees_{kind}", quarantined={f"202606{n}-170202-{kind}.parquet": reason for n in (22, 23)})
        for kind in ("queries", "data_sets")
    ]  # fmt: skip
    (item,) = attention(example_run(tables=tables, failures={}, unclassified=[]))
    assert item.about == ["raw_ees_queries", "raw_ees_data_sets"]
    assert item.what == "2 set aside: 2026-06-22 to 2026-06-23"
    assert item.todo.startswith("Wait for a run of a later day")
