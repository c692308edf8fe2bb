"""Every how-to does what it says. Marked as rehearsals: together they run the project some ten times."""

from __future__ import annotations

import shutil
from pathlib import Path

import deltalake
import pytest

from tests.conftest import PROJECT
from tests.docs.how_to import blocks, copy_of_the_project, follow, run
from tests.servers.ga4 import Ga4Server

PAGES = PROJECT / "docs" / "how-to"
EXECUTED = {
    "add-a-ga4-report", "add-a-metric", "add-an-app-table", "add-a-rule", "backfill", "investigate-a-failed-check",
    "rename-of-a-publication", "repair-a-damaged-table", "what-changed",
}  # fmt: skip
EXECUTED_ELSEWHERE = {
    "README", "answer-a-question-with-sql", "import-frozen-tables", "yesterday-looks-low",
}  # fmt: skip


@pytest.fixture(scope="module")
def ready(tmp_path_factory) -> Path:
    """A copy of the project after its first run."""
    project = copy_of_the_project(tmp_path_factory.mktemp("fresh"))
    run("kedro run", project)
    return project


@pytest.fixture
def project(ready, tmp_path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "project", symlinks=True))


def rows(project: Path, table: str) -> list[dict]:
    return deltalake.DeltaTable(project / "data/lake" / table).to_pyarrow_table().to_pylist()


def test_every_page_is_executed():
    assert {page.stem for page in PAGES.glob("*.md")} == EXECUTED | EXECUTED_ELSEWHERE
    listed = (PAGES / "README.md").read_text()
    assert all(f"({page}.md)" in listed for page in EXECUTED)
    assert all(list(blocks(PAGES / f"{page}.md")) for page in EXECUTED)


@pytest.mark.rehearsal
def test_add_a_ga4_report(project):
    days = {
        day: [(day.replace("-", ""), "France", "3")] for day in ("2026-06-26", "2026-06-27", "2026-06-28")
    }
    with Ga4Server.of_rows(("date", "country"), ("sessions",), days) as server:
        follow(
            PAGES / "add-a-ga4-report.md", project, params=f"ga4_endpoint={server.rest},lake_root=data/lake"
        )
    assert [row["country"] for row in rows(project, "analytics_raw/ees_ga4_country")] == ["France"] * 3
    assert "raw.ees_ga4_country" in (project / "docs/data-dictionary.md").read_text()


@pytest.mark.rehearsal
def test_add_a_metric(project):
    """Days that the sample landed stay null until they are fetched again; the sample's lack is named."""
    before = rows(project, "analytics_raw/ees_ga4_page")
    dimensions, metrics = ("date", "pagePath"), ["screenPageViews", "sessions", "bounceRate", "activeUsers"]
    metrics = ["newUsers", *metrics, "userEngagementDuration", "scrolledUsers"]
    days: dict[str, list] = {f"2026-06-{day}": [] for day in range(24, 29)}
    for row in before:
        if str(row["date"]) in days:
            values = ("7", *(f"{row[name]:.9f}" for name in ("pageviews", "sessions", "bounceRate", "users")))
            more = (str(row["userEngagementDuration"]), str(row["scrolledUsers"]))
            days[str(row["date"])].append((f"{row['date']:%Y%m%d}", row["pagePath"], *values, *more))
    with Ga4Server.of_rows(dimensions, tuple(metrics), days) as server:
        roots = f"ga4_endpoint={server.rest},lake_root=data/lake,landing_root=data/landing"
        follow(PAGES / "add-a-metric.md", project, params=roots)
    after = rows(project, "analytics_raw/ees_ga4_page")
    filled = {str(row["date"]) for row in after if row["newUsers"] == 7}
    assert filled == {*days}
    assert sum(row["newUsers"] is None for row in after) == len(after) - sum(map(len, days.values()))
    again = (
        "kedro run --namespaces ingest.ees_ga4_page --params from=2026-06-20,to=2026-06-20,table=ees_ga4_page"
    )
    assert "the recorded response has no newUsers" in run(again, project, fails=True)
    assert "newUsers" in (project / "docs/data-dictionary.md").read_text()


@pytest.mark.rehearsal
def test_add_an_app_table(project):
    follow(PAGES / "add-an-app-table.md", project)
    found = rows(project, "analytics_app/ees_service_weekdays")
    assert {row["weekday"] for row in found} == set(range(1, 8))
    total = sum(row["sessions"] for row in rows(project, "analytics_app/ees_service_summary"))
    assert sum(row["sessions"] for row in found) == pytest.approx(total)


@pytest.mark.rehearsal
def test_add_a_rule(project):
    before = {
        row["value"] for row in rows(project, "analytics_app/ees_unclassified") if row["field"] == "pagePath"
    }
    follow(PAGES / "add-a-rule.md", project)
    after = {
        row["value"] for row in rows(project, "analytics_app/ees_unclassified") if row["field"] == "pagePath"
    }
    assert "(not set)" in before - after


@pytest.mark.rehearsal
def test_backfill(project):
    printed = follow(PAGES / "backfill.md", project)
    assert all("succeeded" in text for text in printed)


@pytest.mark.rehearsal
def test_investigate_a_failed_check(project):
    printed = " ".join(follow(PAGES / "investigate-a-failed-check.md", project))
    assert "unclassified" in printed
    assert "failed" in printed
    assert "This environment can run." in printed


@pytest.mark.rehearsal
def test_repair_a_damaged_table(project):
    before = rows(project, "analytics_app/ees_service_summary")
    _, _, _, found, *_, last = follow(PAGES / "repair-a-damaged-table.md", project)
    for table in ("ees_ingest_ledger", "ees_service_summary"):
        assert f"{table}: this table is damaged" in found
    assert found.count("this table is damaged") == 2
    assert "This environment can run." in last
    assert rows(project, "analytics_app/ees_service_summary") == before


@pytest.mark.rehearsal
def test_what_changed(project):
    run("kedro run --pipelines reporting --params corrections=none", project)
    newest, as_of, _ = follow(PAGES / "what-changed.md", project)
    assert "app.ees_publication_summary: differences on 44 days; rows" in newest
    assert "\n  2026-06-28: rows" in newest
    assert "app.ees_service_summary: it has no version at 2026-06-27" in as_of


@pytest.mark.rehearsal
def test_rename_of_a_publication(project):
    follow(PAGES / "rename-of-a-publication.md", project)
    titles = {row["slug"]: row["title"] for row in rows(project, "analytics_raw/ees_pub_scrape")}
    assert titles["old-name-of-a-publication"] == "Pupil attendance in schools"
