"""Who visited which page on a day of the sample."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from .world import Page, World, identifier

PAGES_A_DAY = 95
"""Distinct pages on a busy day at scale 1."""
VIEWS_A_DAY = 9_500
ALWAYS = 45
"""The most visited pages, seen every day."""

LANDING = {"release": 0.5, "home": 0.75, "find statistics": 0.25, "permalink": 0.6}
"""The share of a page's sessions that begin there."""


@dataclass(frozen=True)
class Visits:
    """The visits of one page on one day."""

    page: Page
    views: int
    sessions: int
    starts: int
    users: int
    new_users: int
    bounced: int
    seconds: int
    scrolled: int


EMPTY_AT = 42
"""So many days before the newest nothing was measured: every report is empty."""
OTHER_ROW_AT = 30
"""So many days before the newest, Google folded rare pages into "(other)"."""
FOLDED = Visits(Page("(other)", "folded", 0.0), 3, 2, 2, 2, 0, 1, 41, 0)


def visits_of(world: World, day: dt.date) -> list[Visits]:
    """The visits of every page that was seen on a day."""
    if (world.newest - day).days == EMPTY_AT:
        return []
    chance = world.random("visits", day)
    busyness = world.busyness(day)
    pages = _pages_seen(
        world, day, chance, max(ALWAYS, round(PAGES_A_DAY * (0.4 + 0.6 * busyness) * world.scale))
    )
    boosted = _published(world, day)
    weights = [page.weight * (9 if page.publication in boosted else 1) for page in pages]
    unit = VIEWS_A_DAY * busyness / sum(page.weight for page in world.pages)
    visits = [_visits(page, weight * unit, chance) for page, weight in zip(pages, weights, strict=True)]
    return [*visits, FOLDED] if (world.newest - day).days == OTHER_ROW_AT else visits


def _published(world: World, day: dt.date) -> set[object]:
    """On a Thursday two publications come out: theirs are the visits of the day."""
    if day.weekday() != 3:
        return set()
    chance = world.random("published", day)
    return {world.publications[int(chance.random() * len(world.publications))] for _ in range(2)}


def _pages_seen(world: World, day: dt.date, chance: Random, wanted: int) -> list[Page]:
    seen = {page.path: page for page in world.pages[:ALWAYS]}
    tail = world.pages[ALWAYS:]
    share = max(0.0, (wanted - ALWAYS) * 0.75) / sum(page.weight for page in tail)
    for page in tail:
        if chance.random() < min(0.97, page.weight * share):
            seen[page.path] = page
    for number in range(max(0, wanted - len(seen))):
        page = _unique_page(world, chance, number)
        seen[page.path] = page
    return list(seen.values())


def _unique_page(world: World, chance: Random, number: int) -> Page:
    """A permalink or a fast track: addresses of which there is no end."""
    publication = world.publications[int(chance.random() * len(world.publications))]
    if number % 4:
        return Page(f"/data-tables/permalink/{identifier(chance)}", "permalink", 0.2)
    path = f"/data-tables/fast-track/{identifier(chance)}"
    return Page(path, "publication tables", 0.2, publication, publication.latest)


def _visits(page: Page, expected: float, chance: Random) -> Visits:
    views = max(1, int(expected * (0.75 + 0.5 * chance.random()) + chance.random()))
    sessions = max(1, round(views * (0.6 + 0.25 * chance.random())))
    users = max(1, round(sessions * 0.86))
    starts = int(sessions * LANDING.get(page.kind, 0.35) + chance.random())
    return Visits(
        page=page,
        views=views,
        sessions=sessions,
        starts=min(sessions, starts),
        users=users,
        new_users=int(users * 0.45 * chance.random() + 0.3),
        bounced=int(sessions * (0.2 + 0.4 * chance.random())),
        seconds=int(views * (8 + 70 * chance.random())),
        scrolled=int(users * 0.5 * chance.random()),
    )


def split(total: int, weights: list[float], chance: Random) -> list[int]:
    """Divide a count among shares without losing one: whole parts by weight, the rest by chance."""
    parts = [int(total * weight / sum(weights)) for weight in weights]
    for _ in range(total - sum(parts)):
        parts[pick(weights, chance)] += 1
    return parts


def pick(weights: list[float], chance: Random) -> int:
    """A position, as often as its weight says."""
    point, reached = chance.random() * sum(weights), 0.0
    for position, weight in enumerate(weights):
        reached += weight
        if point < reached:
            return position
    return len(weights) - 1
