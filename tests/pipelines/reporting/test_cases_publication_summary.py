"""``ees_publication_summary`` of every case, each number of it, against production's other tables and the raw pages.

Its own expected rows cannot be compared whole: renamed publications move, and titles that differ by case doubled them.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ees_analytics.contracts import contract_for
from ees_analytics.transforms.text import title_case
from tests.conftest import CASES
from tests.reporting import conf

ROOTS = [CASES, *map(Path, filter(None, os.environ.get("EES_CASES", "").split(os.pathsep)))]
FOLDERS = sorted(path.parent for root in ROOTS for path in root.glob("*/expected"))
RAW = ["ees_ua_page", "ees_ga4_page", "ees_ua_events", "ees_ga4_events", "ees_pub_scrape"]
FIRST_DAY = dt.date(2020, 4, 3)
TOTALS = {
    "ees_session_starts": "total_session_starts",
    "ees_publication_accordions": "total_accordion_events",
    "ees_publication_downloads": "total_download_events",
    "ees_publication_featured_tables": "total_featured_tables",
    "ees_publication_search_events": "total_search_events",
    "ees_publication_tables_created": "total_tables_created",
}
OF_RELEASE_PAGES = {"ees_session_starts", "ees_publication_accordions", "ees_publication_search_events"}
METRICS = ["pageviews", "sessions", *TOTALS.values()]
Numbers = Iterator[tuple[dt.date, str, str, float]]


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def case(request: pytest.FixtureRequest) -> Path:
    return request.param


def raw(case: Path, name: str) -> pa.Table:
    path = case / "raw" / f"{name}.parquet"
    return pq.read_table(path) if path.exists() else contract_for(f"raw.{name}").empty()


def events_of(case: Path, table: str) -> Numbers:
    renames = conf()["renamed_publications"].get(table.removeprefix("ees_publication_"), {})
    present = {title_case(old): title_case(new) for old, new in renames.items()}
    for row in pq.read_table(case / "expected" / f"{table}.parquet").to_pylist():
        if table not in OF_RELEASE_PAGES or row["page_type"] == "Release page":
            publication = present.get(row["publication"], row["publication"])
            yield row["date"], publication, TOTALS[table], row["eventCount"]


def pages_of(rows: Iterable[dict], titles: dict[str, str]) -> Numbers:
    for row in rows:
        path = row["pagePath"] or ""
        if "/find-statistics/" in path and not any(
            part in path for part in conf("none")["release_page_exclusions"]
        ):
            slug = path.removeprefix("/find-statistics/").split("/")[0].removesuffix(".")
            if slug in titles:
                yield row["date"], titles[slug], "pageviews", row["pageviews"]
                yield row["date"], titles[slug], "sessions", row["sessions"]


def test_every_number(reporting, case):
    titles = {row["slug"]: title_case(row["title"]) for row in raw(case, "ees_pub_scrape").to_pylist()}
    pages = [row for name in RAW[:2] for row in raw(case, name).to_pylist()]
    totals: dict[tuple, float] = defaultdict(float)
    for source in (pages_of(pages, titles), *(events_of(case, table) for table in TOTALS)):
        for date, publication, metric, number in source:
            totals[date, publication, metric] += number

    tables = {name: raw(case, name) for name in RAW}
    made = reporting("ees_publication_summary", rules=conf("none"), **tables)

    days = {row["date"] for row in pages if row["date"] >= FIRST_DAY}  # fault 9
    assert {row["date"] for row in made} == days
    assert len(made) == len(days) * len(set(titles.values()))
    keys = {(row["date"], row["publication"]) for row in made}
    assert len(keys) == len(made)
    assert {name for _, name in keys} == set(titles.values())
    differing = [
        (row, metric)
        for row in made
        for metric in METRICS
        if abs(row[metric] - totals.get((row["date"], row["publication"], metric), 0.0)) > 1e-9
    ]
    assert differing == []
