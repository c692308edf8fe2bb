"""``ingest_website`` and ``app_tables`` on a case's pages and raw tables give production's own rows, on both engines.

Every folder of ``tests/cases`` (and of ``$EES_CASES``) that has ``expected/``, with ``corrections=none``. Expected rows are transformed only where
the new tables correct a known fault; each transformation names it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from deltalake import DeltaTable, write_deltalake

from ees_analytics.transforms.text import title_case
from tests.conftest import CASES, PROJECT
from tests.end_to_end.project_run import output_of, run, start

ROOTS = [CASES, *map(Path, filter(None, os.environ.get("EES_CASES", "").split(os.pathsep)))]
FOLDERS = sorted(path.parent for root in ROOTS for path in root.glob("*/expected"))
RULES = yaml.safe_load((PROJECT / "conf/base/parameters_rules.yml").read_text())
Rows = list[dict]
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def case(request: pytest.FixtureRequest) -> Path:
    return request.param


ENGINES = ["sail", pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.timeout(900)])]


@pytest.fixture(scope="module", params=ENGINES)
def lake(request: pytest.FixtureRequest, case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake after the run; it had only the case's raw tables before."""
    root = tmp_path_factory.mktemp(f"{case.name}-{request.param}")
    for file in (case / "raw").glob("*.parquet"):
        path = root / "lake" / "analytics_raw" / file.stem
        path.mkdir(parents=True)
        write_deltalake(path, pq.read_table(file))
    today = json.loads((case / "meta.json").read_text())["today"]
    site = {"run_date": today, "website_root": str(case / "site")}
    what = ("--pipelines", "ingest_website,app_tables")
    params = {"corrections": "none", "engine": request.param} | site
    if request.param == "sail":
        output = run(*what, root=root, **params)
    else:  # One process holds one engine, and this one may hold Sail.
        output = output_of(start(*what, root=root, **params))
    (root / "output.txt").write_text(output)
    return root / "lake" / "analytics_app"


def summed(rows: Iterable[dict], keys: list[str], numbers: list[str]) -> Rows:
    totals: dict[tuple, dict] = {}
    for row in rows:
        total = totals.setdefault(
            tuple(row[key] for key in keys),
            {**{key: row[key] for key in keys}, **dict.fromkeys(numbers, 0.0)},
        )
        for number in numbers:
            total[number] += row[number]
    return list(totals.values())


def renamed(rows: Rows, table: str) -> Rows:
    """Fault 1: the renames compared mixed case with title case, and never matched."""
    names = {
        title_case(old).lower(): title_case(new) for old, new in RULES["renamed_publications"][table].items()
    }
    return [{**row, "publication": names.get(row["publication"].lower(), row["publication"])} for row in rows]


def downloads(rows: Rows) -> Rows:
    keys = ["date", "publication", "page_type", "download_type", "eventLabel"]
    return summed(renamed(rows, "downloads"), keys, ["eventCount"])


def time_on_page(rows: Rows) -> Rows:
    """Fault 2: one row per userEngagementDuration; add them."""
    return summed(rows, ["date", "publication", "page_type"], ["pageviews", "sessions", "engagementDuration"])


def featured_tables(rows: Rows) -> Rows:
    """Fault 5: the label was cleaned after summing."""
    return summed(rows, ["date", "publication", "eventLabel"], ["eventCount"])


def tables_created(rows: Rows) -> Rows:
    keys = ["date", "page_type", "publication", "eventLabel"]
    return summed(renamed(rows, "tables_created"), keys, ["eventCount"])


CORRECTED: dict[str, Callable[[Rows], Rows]] = {
    "ees_publication_downloads": downloads,
    "ees_publication_time_on_page": time_on_page,
    "ees_publication_featured_tables": featured_tables,
    "ees_publication_tables_created": tables_created,
}
AS_THEY_ARE = [
    "ees_service_device_browser",
    "ees_publication_device_browser",
    "ees_publication_source_medium",
    "ees_service_time_on_page",
    "ees_session_starts",
    "ees_publication_accordions",
    "ees_service_accordions",
    "ees_service_downloads",
    "ees_publication_search_events",
    "ees_service_search_events",
    "ees_api_daily_queries",
    "ees_search_console_queries",
]


def counted(rows: Iterable[dict]) -> Counter:
    return Counter(
        tuple(
            (name, round(value, 9) if isinstance(value, float) else value)
            for name, value in sorted(row.items())
        )
        for row in rows
    )


def found(lake: Path, table: str) -> Rows:
    return DeltaTable(lake / table).to_pyarrow_table().to_pylist()


def expected(case: Path, table: str) -> Rows:
    return pq.read_table(case / "expected" / f"{table}.parquet").to_pylist()


@pytest.mark.parametrize("table", [*AS_THEY_ARE, *CORRECTED])
def test_equals_production(lake, case, table):
    wanted = CORRECTED.get(table, list)(expected(case, table))
    differing = counted(found(lake, table))
    differing.subtract(counted(wanted))
    assert {row: count for row, count in differing.items() if count} == {}


def test_service_source_medium(lake, case):
    """Fault 3: production had no rule for the empty path; it reads NA there and Blank here."""
    table, unruled = "ees_service_source_medium", ("NA", "Blank", "Unclassified")
    made, wanted = found(lake, table), expected(case, table)
    for row in (*made, *wanted):
        row["page_type"] = "NA" if row["page_type"] in unruled else row["page_type"]
    keys = ["date", "page_type", "source", "medium"]
    numbers = ["pageviews", "sessions"]
    assert counted(summed(made, keys, numbers)) == counted(summed(wanted, keys, numbers))


def test_publication_summary(lake, case):
    """Faults 1, 7 and 9: renamed publications' totals move; titles that differ by case gave doubled rows; days that no
    page table has were zeros.

    Where none touches a publication, its rows are production's own.
    """
    table = "ees_publication_summary"
    pages = [pq.read_table(case / "raw" / f"ees_{era}_page.parquet")["date"] for era in ("ua", "ga4")]
    days = {day for column in pages for day in column.to_pylist()}
    wanted = [row for row in expected(case, table) if row["date"] in days]
    per_day = Counter((row["date"], row["publication"]) for row in wanted)
    moved = {
        title_case(name)
        for names in RULES["renamed_publications"].values()
        for pair in names.items()
        for name in pair
    }
    touched = {row["publication"] for row in wanted if per_day[row["date"], row["publication"]] > 1} | moved
    made = found(lake, table)
    assert len({(row["date"], row["publication"]) for row in made}) == len(made)
    assert {(row["date"], row["publication"]) for row in made} == set(per_day)
    kept = [row for row in made if row["publication"] not in touched]
    assert len(kept) > len(made) / 2
    assert counted(kept) == counted(row for row in wanted if row["publication"] not in touched)


def test_days_that_a_table_lacks_are_named(lake, case):
    """Without a ledger: the lake holds raw tables only."""
    days = sorted(set(pq.read_table(case / "raw/ees_ga4_page.parquet")["date"].to_pylist()))
    gaps = [
        " to ".join(dict.fromkeys(str(day) for day in (earlier + ONE_DAY, later - ONE_DAY)))
        for earlier, later in pairwise(days)
        if later - earlier > ONE_DAY
    ]
    output = (lake.parents[1] / "output.txt").read_text()
    named = [line for line in output.splitlines() if "days are missing" in line and "ees_ga4_page" in line]
    assert [gap in line for line in named for gap in gaps[:5]] == [True] * len(gaps[:5])
    assert bool(named) == bool(gaps)


def test_search_console_timeseries(lake, case):
    """Fault 7: two rows for a day that both tables have."""
    wanted = summed(expected(case, "ees_search_console_timeseries"), ["date"], ["clicks", "impressions"])
    assert counted(found(lake, "ees_search_console_timeseries")) == counted(wanted)


def test_service_summary_one_row_a_day(lake, case):
    """Fault 8: a day of both eras had two rows. (Rounded columns are compared in the nodes' own tests.)"""
    wanted = summed(expected(case, "ees_service_summary"), ["date"], ["pageviews", "sessions"])
    made = [
        {name: row[name] for name in ("date", "pageviews", "sessions")}
        for row in found(lake, "ees_service_summary")
    ]
    assert counted(made) == counted(wanted)


def test_avg_readtime(lake, case):
    wanted = {row["title"]: row["avg_read_time"] for row in expected(case, "ees_avg_readtime")}
    made = {row["title"]: row["avg_read_time"] for row in found(lake, "ees_avg_readtime")}
    assert made == pytest.approx(wanted, abs=1e-9)


def test_nothing_is_unclassified_in_silence(lake):
    service = sum(row["page_type"] == "Unclassified" for row in found(lake, "ees_service_downloads"))
    listed = sum(row["table"] == "ees_service_downloads" for row in found(lake, "ees_unclassified"))
    assert (service > 0) == (listed > 0)
