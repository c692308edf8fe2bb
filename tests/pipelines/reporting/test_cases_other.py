"""The tables without classification rules, against what production made of the same raw tables.

Runs on ``tests/cases/*`` and on the folders in ``$EES_CASES``. The expected rows are transformed only where the
new tables correct a known fault: rows of one day or version are added, and rounded numbers follow their exact value.
"""

from __future__ import annotations

import collections
import datetime as dt
import json
import os
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ees_analytics.contracts import contract_for, contract_named
from ees_analytics.contracts.validator import as_arrow, check
from ees_analytics.parameters.rules import ReleasePageExclusions, SlugRules, UniversalAnalytics
from ees_analytics.parameters.website import PublicationRules, WebsiteSettings
from ees_analytics.pipelines.ingest.nodes.publications import load_publication_pages, visit_publications
from ees_analytics.pipelines.reporting.public_api import ees_api_daily_queries, ees_api_dataset_queries
from ees_analytics.pipelines.reporting.reading_time import ees_avg_readtime
from ees_analytics.pipelines.reporting.search import (
    ees_search_console_queries,
    ees_search_console_timeseries,
)
from ees_analytics.pipelines.reporting.service import ees_service_summary
from ees_analytics.slices.state import TableState
from ees_analytics.sources.website.dataset import RecordedWebsiteDataset
from ees_analytics.transforms.publication import publication_titles
from tests.conftest import CASES
from tests.reporting import conf

ROOTS = [CASES, *map(Path, filter(None, os.environ.get("EES_CASES", "").split(os.pathsep)))]
FOLDERS = sorted(path.parent for root in ROOTS for path in root.glob("*/expected"))

Rows = list[dict]


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def case(request: pytest.FixtureRequest) -> Path:
    return request.param


@cache
def _read(path: Path) -> pa.Table:
    return pq.read_table(path)


def _raw(spark, case: Path, *tables: str):
    """The raw tables as frames; a frozen one that the case lacks is empty."""
    frames = []
    for table in tables:
        path = case / "raw" / f"{table}.parquet"
        rows = _read(path) if path.exists() else contract_for(f"raw.{table}").empty()
        frames.append(spark.createDataFrame(rows))
    return frames


def _raw_rows(case: Path, table: str) -> Rows:
    path = case / "raw" / f"{table}.parquet"
    return _read(path).to_pylist() if path.exists() else []


def _expected(case: Path, table: str) -> Rows:
    path = case / "expected" / f"{table}.parquet"
    if not path.exists():
        pytest.skip(f"the case has no {table}")
    return _read(path).to_pylist()


def _made(frame, table: str) -> Rows:
    return check(as_arrow(frame), contract_for(f"app.{table}")).to_pylist()


def _same(found: Iterable[dict], expected: Iterable[dict]) -> None:
    """Compare as multisets; numbers to 9 decimals."""
    assert _counted(found) == _counted(expected)


def _counted(rows: Iterable[dict]) -> collections.Counter:
    return collections.Counter(
        tuple((name, round(value, 9) if isinstance(value, float) else value) for name, value in row.items())
        for row in rows
    )


def _added(rows: Rows, key: str, columns: list[str]) -> Rows:
    totals: dict = {}
    for row in rows:
        total = totals.setdefault(row[key], {key: row[key], **dict.fromkeys(columns, 0.0)})
        for column in columns:
            total[column] += row[column]
    return list(totals.values())


def test_search_console_timeseries(spark, case):
    raw = _raw(spark, case, "ees_search_console", "ees_search_console_old")

    found = _made(ees_search_console_timeseries(*raw), "ees_search_console_timeseries")

    expected = _added(_expected(case, "ees_search_console_timeseries"), "date", ["clicks", "impressions"])
    _same(found, expected)


def test_search_console_queries(spark, case):
    searches, scrape = _raw(spark, case, "ees_search_console", "ees_pub_scrape")
    rules = conf("none")
    run_date = json.loads((case / "meta.json").read_text())["today"]

    frame = ees_search_console_queries(
        searches,
        publication_titles(scrape),
        SlugRules(**rules["slug"]),
        ReleasePageExclusions(tuple(rules["release_page_exclusions"])),
        ReleasePageExclusions(tuple(rules["release_page_exclusions_at_start"])),
        run_date,
    )

    found = _made(frame, "ees_search_console_queries")
    _same(found, _expected(case, "ees_search_console_queries"))


def test_avg_readtime(spark, case):
    """Of several slugs with the highest time of a title, any is right."""
    if not (case / "site").exists():
        pytest.skip("the case has no pages")
    scrape, legacy = _raw(spark, case, "ees_pub_scrape", "ees_legacy_scrape")
    rules = conf()["publications"]
    website = RecordedWebsiteDataset(path=str(case / "site")).load()
    visit = visit_publications(website, legacy, PublicationRules(**rules), WebsiteSettings())
    pages = load_publication_pages(visit, _absent("ees_pub_pages"))

    frame = ees_avg_readtime(
        publication_titles(scrape), spark.createDataFrame(pages), _absent("ees_avg_readtime")
    )

    found = _made(frame, "ees_avg_readtime")

    expected = _expected(case, "ees_avg_readtime")
    titles = {row["slug"]: row["title"].lower() for row in _raw_rows(case, "ees_pub_scrape")}
    _same(_without_slug(found), _without_slug(expected))
    assert all(titles[row["slug"]] == row["title"].lower() for row in found)


def _absent(table: str) -> TableState:
    return TableState(table, exists=False, rows=contract_named(table).empty)


def _without_slug(rows: Rows) -> Rows:
    return [{name: value for name, value in row.items() if name != "slug"} for row in rows]


def test_api_daily_queries(spark, case):
    raw = _raw(
        spark,
        case,
        "raw_ees_top_level",
        "raw_ees_publications",
        "raw_ees_data_sets",
        "raw_ees_data_set_versions",
        "raw_ees_query_access",
    )

    found = _made(ees_api_daily_queries(*raw), "ees_api_daily_queries")

    _same(found, _expected(case, "ees_api_daily_queries"))


def test_api_dataset_queries(spark, case):
    raw = _raw(
        spark, case, "raw_ees_data_set_versions", "raw_ees_query_access", "ees_scrape_api_data_catalog"
    )

    found = _made(ees_api_dataset_queries(*raw), "ees_api_dataset_queries")

    expected = _expected(case, "ees_api_dataset_queries")
    ambiguous = _ambiguous_data_sets(case)
    _same(_without(found, ambiguous), _without(expected, ambiguous))
    queries = len(_raw_rows(case, "raw_ees_query_access"))
    assert sum(row["PostQueryExecutions"] for row in found) == queries


def _ambiguous_data_sets(case: Path) -> set[str | None]:
    """Data sets whose look-up has two answers: production multiplies their counts."""
    versions, publications = collections.defaultdict(set), collections.defaultdict(set)
    for row in _raw_rows(case, "raw_ees_data_set_versions"):
        if row["dataSetVersionId"]:
            versions[row["dataSetVersionId"]].add(
                (row["dataSetId"], row["dataSetTitle"], row["dataSetVersion"])
            )
    for row in _raw_rows(case, "ees_scrape_api_data_catalog"):
        publications[row["api_dataset_id"]].add(row["publication"])
    several = {answer[0] for answers in versions.values() if len(answers) > 1 for answer in answers}
    return several | {data_set for data_set, titles in publications.items() if data_set and len(titles) > 1}


def _without(rows: Rows, data_sets: set[str | None]) -> Rows:
    return [row for row in rows if row["dataSetId"] not in data_sets]


def test_service_summary(spark, case):
    raw = _raw(spark, case, "ees_ua_service_summary", "ees_ga4_service_summary")

    found = _made(ees_service_summary(*raw, UniversalAnalytics()), "ees_service_summary")

    days = _added(_expected(case, "ees_service_summary"), "date", ["pageviews", "sessions"])
    days.sort(key=lambda row: row["date"])
    found.sort(key=lambda row: row["date"])
    _same(({name: row[name] for name in days[0]} for row in found), days)
    seconds = _exact_durations(case)
    for position, (row, day) in enumerate(zip(found, days, strict=True)):
        last_seven = days[position - 6 : position + 1] if position >= 6 else []
        _is_rounded(row["pageviews_avg7"], _mean(last_seven, "pageviews"))
        _is_rounded(row["sessions_avg7"], _mean(last_seven, "sessions"))
        _is_rounded(row["averageSessionDuration"], seconds[day["date"]])
        sessions = Fraction(day["sessions"])
        _is_rounded(row["pagesPerSession"], Fraction(day["pageviews"]) / sessions if sessions else None)


def test_rounded_numbers_of_single_days_are_productions(spark, case):
    """Where no day is doubled before it, a number differs from production's by rounding of halves at most."""
    raw = _raw(spark, case, "ees_ua_service_summary", "ees_ga4_service_summary")
    expected = {}
    for row in _expected(case, "ees_service_summary"):
        expected.setdefault(row["date"], []).append(row)

    for row in _made(ees_service_summary(*raw, UniversalAnalytics()), "ees_service_summary"):
        if len(expected[row["date"]]) == 1 and row["sessions"]:
            (theirs,) = expected[row["date"]]
            for column in ("averageSessionDuration", "pagesPerSession"):
                assert row[column] == pytest.approx(theirs[column], abs=0.1 + 1e-9), row


def _mean(days: Rows, column: str) -> Fraction | None:
    return sum((Fraction(day[column]) for day in days), Fraction()) / 7 if days else None


def _exact_durations(case: Path) -> dict[dt.date, Fraction | None]:
    """The mean of both eras, weighted by sessions, in fractions."""
    parts = collections.defaultdict(list)
    for table, column in (
        ("ees_ua_service_summary", "avg_session_duration"),
        ("ees_ga4_service_summary", "averageSessionDuration"),
    ):
        for row in _raw_rows(case, table):
            if row["sessions"]:
                parts[row["date"]].append((Fraction(row["sessions"]), Fraction(row[column])))
            else:
                parts[row["date"]] += []
    return {
        day: sum(n * seconds for n, seconds in eras) / sum(n for n, _ in eras) if eras else None
        for day, eras in parts.items()
    }


def _is_rounded(found: float | None, exact: Fraction | None) -> None:
    """One decimal, and no further from the exact value than rounding may take it."""
    if exact is None:
        assert found is None
        return
    assert found is not None
    assert round(found, 1) == found
    assert abs(Fraction(found) - exact) <= Fraction(1, 20) + Fraction(1, 10**9)


def test_there_is_a_case():
    assert FOLDERS
    assert all(json.loads((folder / "meta.json").read_text())["today"] for folder in FOLDERS)
