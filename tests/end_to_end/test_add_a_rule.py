"""An event that no rule knows stops one table; an analyst adds the rule as the README shows, and it is built.

The lake is small and holds nothing of Universal Analytics, as a new one does.
"""

from __future__ import annotations

import datetime as dt
import html
import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from deltalake import write_deltalake

from ees_analytics.contracts import all_contracts
from ees_analytics.parameters.rules import CHOOSE_A_LABEL, Rule
from ees_analytics.pipelines import reporting
from tests.conftest import PROJECT
from tests.end_to_end.project_run import invoke, rows, run, versions
from tests.reporting import TITLES, event, of, publications

DAY = dt.date(2026, 6, 28)
NEW = 'Novel "page" (A/B)'
PATH = "/find-statistics/graduate-outcomes-leo"
TABLE = "analytics_app/ees_service_downloads"
LAST_UPDATED = "analytics_app/ees__last_updated"
BOOKKEEPING = {"analytics_raw/ees_pipeline_runs"}

DOWNLOAD = event("CSV Download Button Clicked", 98.0, date=DAY, eventCategory="Table Tool")
NEW_DOWNLOAD = event("CSV Download Button Clicked", 2.0, date=DAY, eventCategory=NEW)
OPENED = event("Accordion Opened", 5.0, date=DAY, eventCategory="Leo Release Page", pagePath=PATH)
PAGE = {"date": DAY, "pagePath": PATH, "pageviews": 3.0, "sessions": 2.0}
SUMMARY = {"date": DAY, "screenPageViews": 3, "sessions": 2, "averageSessionDuration": 1.0}
RAW = {
    "ees_pub_scrape": publications(TITLES),
    "ees_ga4_service_summary": [SUMMARY],
    "ees_ga4_page": [PAGE],
    "ees_ga4_events": [DOWNLOAD],
}


def fill(root: Path, raw: Mapping[str, list[dict[str, Any]]], mode: str = "error") -> None:
    """Write raw tables as they lie in a lake."""
    for name, values in raw.items():
        schema = all_contracts()[f"raw.{name}"].arrow_schema
        path = root / "lake/analytics_raw" / name
        path.mkdir(parents=True, exist_ok=True)
        write_deltalake(path, pa.Table.from_pylist(values, schema=schema), mode=mode)


def a_quiet_day(table: str) -> list[dict[str, Any]]:
    """A row without traffic in each table of Google Analytics 4: the cache key waits for all of them."""
    if not table.startswith("ees_ga4_"):
        return []
    schema = all_contracts()[f"raw.{table}"].arrow_schema
    return [{field.name: {"string": "/", "date32[day]": DAY}.get(str(field.type), 0) for field in schema}]


def needed_tables() -> set[str]:
    """The raw tables without which reporting stops."""
    read = {name for name in reporting.create_pipeline().inputs() if name.startswith("raw.")}
    return {name.removeprefix("raw.") for name in read if not all_contracts()[name].frozen}


def proposed_line(output: str) -> str:
    """The row to paste that a run printed."""
    return next(line.strip() for line in output.splitlines() if CHOOSE_A_LABEL in line)


def commands_of_the_readme() -> list[list[str]]:
    """The arguments of the commands under "Adding a rule"."""
    section = (PROJECT / "README.md").read_text().split("## Adding a rule")[1].split("\n## ")[0]
    lines = re.findall(r"^kedro run (.*)$", section, re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def changed(root: Path, before: Mapping[str, int]) -> set[str]:
    """The tables with a new version."""
    return {name for name, version in versions(root).items() if version != before.get(name)} - BOOKKEEPING


class Story:
    """A lake whose tables are well, then a new event category, then a run that fails."""

    def __init__(self, root: Path) -> None:
        self.root = root
        fill(root, {table: a_quiet_day(table) for table in needed_tables()} | RAW)
        run("--pipelines", "reporting", root=root)
        self.well = versions(root)
        fill(root, {"ees_ga4_events": [NEW_DOWNLOAD, OPENED]}, mode="append")
        failed = invoke("--pipelines", "reporting", root=root)
        self.output, self.exit_code, self.ended = failed.output, failed.exit_code, failed.exception


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("rule"))


def test_the_run_fails_and_says_what_to_do(story):
    assert story.exit_code != 0
    assert "ees_service_downloads: 2 of 100 (2.00%) are unclassified" in story.output
    assert f"page_type, by eventCategory (list downloads.page_type):\n        '{NEW}': 2" in story.output
    assert re.search(r"Not run because of that: .*ees__last_updated", story.output)
    assert isinstance(story.ended, SystemExit), "no error that nobody expected"
    assert "Traceback" not in story.output


def test_so_does_the_report(story):
    page = html.unescape((story.root / "reports" / "latest.html").read_text())

    assert proposed_line(story.output) in page


def test_only_that_table_keeps_its_old_version(story):
    now = changed(story.root, story.well)

    assert {f"analytics_app/ees_publication_{name}" for name in ("accordions", "summary")} <= now
    assert not now & {TABLE, LAST_UPDATED}
    assert of(rows(story.root, TABLE), "page_type", "eventCount") == [("Table tool", 98.0)]


def test_the_value_is_listed(story):
    listed = rows(story.root, "analytics_app/ees_unclassified")

    assert listed == [
        {
            "table": "ees_service_downloads",
            "field": "eventCategory",
            "value": NEW,
            "first_date": DAY,
            "last_date": DAY,
            "rows": 1,
            "count": 2.0,
        }
    ]


def test_the_daily_measures_are_those_of_the_tables_after_the_failure(story):
    found = of(rows(story.root, "analytics_app/ees_daily_measures"), "table_name", "measure", "value")

    assert ("ees_ga4_events", "events", 105.0) in found, "the new rows"
    assert ("ees_service_downloads", "downloads", 98.0) in found, "the old version"


def test_an_analyst_pastes_the_line_and_rebuilds_the_table(story, tmp_path):
    line = proposed_line(story.output).replace(CHOOSE_A_LABEL, "Novel page")
    conf = shutil.copytree(PROJECT / "conf", tmp_path / "conf", ignore=shutil.ignore_patterns("local"))
    paste(line, conf / "base/parameters_rules.yml", "downloads", "page_type")
    rebuild, tell = commands_of_the_readme()
    before = versions(story.root)

    run(*rebuild, f"--conf-source={conf}", root=story.root)

    assert changed(story.root, before) == {TABLE}
    assert of(rows(story.root, TABLE), "page_type", "eventCount") == [
        ("Novel page", 2.0),
        ("Table tool", 98.0),
    ]

    run(*tell, f"--conf-source={conf}", root=story.root)

    assert changed(story.root, before) == {TABLE, LAST_UPDATED}


def paste(line: str, file: Path, key: str, name: str) -> None:
    """Put a rule at the end of a list, as an editor does."""
    text = file.read_text()
    head, block = text.split(f"\n{key}:", 1)
    lines = block.splitlines(keepends=True)
    start = next(number for number, found in enumerate(lines) if found.startswith(f"  {name}:"))
    end = next(
        number for number in range(start + 1, len(lines)) if not lines[number].startswith(("    -", "    #"))
    )
    lines.insert(end, f"    {line}\n")
    file.write_text(f"{head}\n{key}:{''.join(lines)}")
    pasted = yaml.safe_load(file.read_text())[key][name][-1]
    assert Rule.model_validate(pasted).example == NEW
