"""Search Console in the sample: what the site was found with, one recorded answer a day.

``rows_of`` gives any number of rows of any day (``scale``), for servers and benchmarks; ``write`` records the days as the
API gives them.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from random import Random
from typing import Any

from ees_analytics.sources.search_console.response import SearchRequest

from .traffic import EMPTY_AT
from .world import Page, World

SITE = "https://explore-education-statistics.service.gov.uk/"
ROWS_A_DAY = 105
"""Rows on a busy day at scale 1."""
LAG = 1
"""Search Console is complete a day later than Google Analytics."""

Row = tuple[str, str, int, int, float]
"""query, page, clicks, impressions, position."""

_FORMS = (
    "{}",
    "{} statistics",
    "{} 2025",
    "{} 2026 pdf",
    '"{}"',
    "dfe {}",
    "what is {}?",
    "{} by local authority",
    "how many {} uk site:gov.uk",
)
_WEIRD = (
    "children’s homes",
    "pupil's absence",
    "fsm % eligible 2025/26",
    'attendance "week 22"',
    "السكان في المدارس",
    "统计",
    "naïve café 🎓",
    "c++ & excel; drop table",
    "gcse\\a-level",
    "-",
    "explore-education-statistics.service.gov.uk",
    "a" * 300,
)
_STRANGE_PAGES = (
    "https://content.explore-education-statistics.service.gov.uk/api/releases/files/absence.csv",
    "http://explore-education-statistics.service.gov.uk/find-statistics/apprenticeships",
    f"{SITE}find-statistics/pupil-absence-in-schools-in-england#dataBlock-1-charts",
    f"{SITE}find-statistics?themeId=ee1855ca&sortBy=newest",
    f"{SITE}find-statistics/school-workforce-in-england%20",
)


def days_of(world: World) -> list[dt.date]:
    """The days that are complete when the world's run is made, oldest first."""
    return world.calendar[:-LAG]


def rows_of(world: World, day: dt.date) -> list[Row]:
    """The rows of a day, most clicked first; each query and page once."""
    if (world.newest - day).days == EMPTY_AT:
        return []
    chance = world.random("searches", day)
    pages = [
        page for page in world.pages if page.path.startswith("/") and page.kind not in ("plain", "static")
    ]
    wanted = round(ROWS_A_DAY * (0.4 + 0.6 * world.busyness(day)) * world.scale)
    found: dict[tuple[str, str], Row] = {}
    while len(found) < wanted:
        query, page, popularity = _search(pages, chance, crowded=len(found) > 200)
        found[query, page] = (query, page, *_counts(popularity * world.busyness(day), chance))
    return sorted(found.values(), key=lambda row: (-row[2], -row[3], row[0], row[1]))


def totals_of(world: World, day: dt.date) -> tuple[int, int] | None:
    """Clicks and impressions of the day, those of withheld queries among them; None on a day without any."""
    rows, chance = rows_of(world, day), world.random("withheld", day)
    if not rows:
        return None
    clicks, impressions = sum(row[2] for row in rows), sum(row[3] for row in rows)
    return int(clicks * (1.3 + 0.3 * chance.random())) + 1, int(
        impressions * (1.5 + 0.5 * chance.random())
    ) + 1


def recorded(world: World, day: dt.date) -> dict[str, Any]:
    """The recorded response for one day, as in its file."""
    rows, totals = rows_of(world, day), totals_of(world, day)
    pages = [body_of([entry_of(day, row) for row in rows])] if rows else []
    wide = [{"keys": [day.isoformat()], **_metrics(*totals, 11.5)}] if totals else []
    request = SearchRequest(day.isoformat(), SITE).request()
    control = {} if rows else {"control": body_of(_control(world, day))}
    return {
        "site": SITE,
        "request": request,
        "pages": [*pages, body_of([])],
        "totals": body_of(wide),
        **control,
    }


def _control(world: World, day: dt.date) -> list[dict[str, Any]]:
    """The totals of three days before a day and three after it, as far as they have any."""
    days = [day + dt.timedelta(days=more) for more in range(-3, 4)]
    totals = [(other, totals_of(world, other)) for other in days]
    return [{"keys": [other.isoformat()], **_metrics(*sums, 11.5)} for other, sums in totals if sums]


def entry_of(day: dt.date, row: Row) -> dict[str, Any]:
    """A row as the API gives it."""
    return {"keys": [day.isoformat(), row[0], row[1]], **_metrics(*row[2:])}


def body_of(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """An answer; one without rows leaves them out."""
    return {**({"rows": entries} if entries else {}), "responseAggregationType": "byPage"}


def write(world: World, out: Path) -> None:
    """Record every day: ``search_console/<day>.json.gz``."""
    folder = out / "search_console"
    folder.mkdir(parents=True, exist_ok=True)
    for day in days_of(world):
        text = json.dumps(recorded(world, day), ensure_ascii=False, separators=(",", ":"))
        (folder / f"{day}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _metrics(clicks: int, impressions: int, position: float) -> dict[str, Any]:
    return {"clicks": clicks, "impressions": impressions, "ctr": clicks / impressions, "position": position}


def _search(pages: list[Page], chance: Random, crowded: bool) -> tuple[str, str, float]:
    """A query, the address that it found, and how often the two meet."""
    page = pages[int(len(pages) * chance.random() ** 2.2)]
    topic = page.publication.title.lower() if page.publication else "explore education statistics"
    query = _FORMS[int(len(_FORMS) * chance.random() ** 1.6)].format(topic)
    if chance.random() < 0.05:
        query = _WEIRD[int(len(_WEIRD) * chance.random())]
    if crowded:
        query += f" {int(chance.random() * 1e6)}"
    address = SITE + page.path.removeprefix("/")
    if chance.random() < 0.03:
        address = _STRANGE_PAGES[int(len(_STRANGE_PAGES) * chance.random())]
    return query, address, page.weight


def _counts(popularity: float, chance: Random) -> tuple[int, int, float]:
    impressions = 1 + int(popularity * 6 * chance.random() ** 2)
    clicks = int(impressions * 0.35 * chance.random() ** 2)
    return clicks, impressions, round(1 + 40 * chance.random() ** 3, 6)
