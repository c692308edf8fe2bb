"""What exists in the sample's world: publications, releases, data sets, pages and days.

Everything follows from the seed; nothing depends on which days or how many are asked for, so a longer or larger
sample contains the same publications.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from random import Random
from uuid import UUID

from .titles import POPULAR, SMALL_WORDS, TITLES

NEWEST_DAY = dt.date(2026, 6, 28)
"""The sample's newest complete day; its runs are dated two days later."""
DAYS = 45
SEED = 7

BANK_HOLIDAYS = {(5, 25), (5, 4), (8, 31), (12, 25), (12, 26), (1, 1)}
WEEKDAYS = (1.0, 1.06, 1.1, 1.18, 0.86, 0.3, 0.27)
"""Traffic from Monday to Sunday; statistics come out on Thursdays."""


@dataclass(frozen=True)
class Release:
    """One release of a publication: its part of the address and its name."""

    slug: str
    label: str


RELEASES = (
    Release("2025-26", "Academic year 2025/26"),
    Release("2024-25", "Academic year 2024/25"),
    Release("2023-24", "Academic year 2023/24"),
    Release("2025-26-autumn-term", "Autumn term 2025/26"),
    Release("2026-week-22", "Week 22 2026"),
    Release("2025-26-q3", "Financial year Q3 2025-26"),
)


@dataclass(frozen=True)
class Publication:
    """A publication: its title, its address, how much it is read, its releases from new to old."""

    title: str
    slug: str
    weight: float
    releases: tuple[Release, ...]
    identifier: str

    @property
    def heading(self) -> str:
        """The title as event categories spell it, with capitals."""
        return capitalise(self.title)

    @property
    def latest(self) -> Release:
        """The newest release."""
        return self.releases[0]


@dataclass(frozen=True)
class DataSet:
    """A data set of the data catalogue; those with an ``api_identifier`` are served by the public API."""

    identifier: str
    title: str
    publication: Publication
    release: Release
    published: dt.date
    api_identifier: str | None


@dataclass(frozen=True)
class Page:
    """An address that visitors open, and the kind of page that it has."""

    path: str
    kind: str
    weight: float
    publication: Publication | None = None
    release: Release | None = None


@dataclass(frozen=True)
class World:
    """The sample's world.

    Attributes:
        seed: Another seed is another world.
        days: How many days the sample has.
        newest: The last of them.
        scale: How many times more rows a day has; 1 is what the repository holds.
    """

    seed: int = SEED
    days: int = DAYS
    newest: dt.date = NEWEST_DAY
    scale: float = 1.0

    @property
    def calendar(self) -> list[dt.date]:
        """The sample's days, oldest first."""
        return [self.newest - dt.timedelta(days=back) for back in reversed(range(self.days))]

    @property
    def run_date(self) -> dt.date:
        """The day on which a run finds all of the sample complete."""
        return self.newest + dt.timedelta(days=2)

    def random(self, *what: object) -> Random:
        """A source of chance of its own for each purpose: the same for the same seed and purpose."""
        return Random("|".join(map(str, (self.seed, *what))))

    def busyness(self, day: dt.date) -> float:
        """How busy a day is: the rhythm of the week, bank holidays, a slow year, some chance."""
        if (day.month, day.day) in BANK_HOLIDAYS:
            return 0.33
        season = 0.75 if day.month in (7, 8, 12) else 1.0
        return WEEKDAYS[day.weekday()] * season * (0.93 + 0.14 * self.random("busyness", day).random())

    @cached_property
    def publications(self) -> tuple[Publication, ...]:
        """All publications, by title."""
        chance = self.random("publications")
        return tuple(
            Publication(
                title=title,
                slug=slug_of(title),
                weight=POPULAR.get(title, 0.4 + 1.6 * chance.random()),
                releases=RELEASES[: 2 + int(chance.random() * 5)],
                identifier=identifier(chance),
            )
            for title in TITLES
        )

    @cached_property
    def data_sets(self) -> tuple[DataSet, ...]:
        """One or two data sets of each publication; every third is in the public API."""
        chance = self.random("data sets")
        found: list[DataSet] = []
        for publication in self.publications:
            for number in range(1 + int(chance.random() * 2)):
                back = int(chance.random() * 700) + 3
                found.append(
                    DataSet(
                        identifier=identifier(chance),
                        title=f"{publication.title} - {('national and regional', 'local authority')[number]}",
                        publication=publication,
                        release=publication.latest,
                        published=NEWEST_DAY - dt.timedelta(days=back),
                        api_identifier=identifier(chance) if len(found) % 3 == 0 else None,
                    )
                )
        return tuple(found)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages that exist, most visited first."""
        pages = [*_SERVICE_PAGES, *self._data_set_pages()]
        for publication in self.publications:
            pages += _publication_pages(publication)
        return tuple(sorted(pages, key=lambda page: (-page.weight, page.path)))

    def _data_set_pages(self) -> list[Page]:
        return [
            Page(
                f"/data-catalogue/data-set/{each.identifier}", "data set", 0.3, each.publication, each.release
            )
            for each in self.data_sets
        ]


_SERVICE_PAGES = [
    Page("/", "home", 90.0),
    Page("/find-statistics", "find statistics", 110.0),
    Page("/data-tables", "table tool", 40.0),
    Page("/data-catalogue", "data catalogue", 45.0),
    Page("/methodology", "methodologies", 8.0),
    Page("/glossary", "glossary", 12.0),
    Page("/cookies", "plain", 2.0),
    Page("/cookies/details", "plain", 0.4),
    Page("/contact-us", "plain", 1.0),
    Page("/download-latest-data", "old catalogue", 0.5),
    Page("/static/chunks/pages/find-statistics.js", "static", 1.0),
    Page("", "blank", 0.8),
    Page("(not set)", "blank", 0.5),
    # Addresses as crawlers, word processors and people mangle them.
    Page("//find-statistics", "plain", 0.2),
    Page("/Find-Statistics/Pupil-Absence-In-Schools-In-England", "plain", 0.2),
    Page("/find-statistics/pupil-absence-in-schools-in-england.", "plain", 0.2),
    Page("/find-statistics/pupil-absence-in-schools-in-england/2024-25)", "plain", 0.2),
    Page("/find-statistics/school-workforce-in-england%20", "plain", 0.2),
    Page("/find-statistics/ special-educational-needs-in-england", "plain", 0.2),
    Page("/find-statistics/children\u2019s-homes\u200b", "plain", 0.1),
    Page("/find-statistics/<script>alert(1)</script>", "plain", 0.1),
    Page("/methodology/pupil-absence-statistics-methodology/", "plain", 0.2),
]


def _publication_pages(publication: Publication) -> list[Page]:
    slug, weight = publication.slug, publication.weight
    pages = [
        Page(f"/find-statistics/{slug}", "release", 2.0 * weight, publication, publication.latest),
        Page(f"/methodology/{slug}-methodology", "methodology", 0.35 * weight, publication),
        Page(f"/data-tables/{slug}", "publication tables", 0.8 * weight, publication),
        Page(f"/data-catalogue/{slug}", "plain", 0.05 * weight, publication),
        Page(f"/subscriptions/new-subscription/{slug}", "plain", 0.06 * weight, publication),
        Page(f"/subscriptions/{slug}/confirm-unsubscription", "plain", 0.02 * weight, publication),
    ]
    for age, release in enumerate(publication.releases):
        path, share = f"/find-statistics/{slug}/{release.slug}", weight / (1.5 + 3 * age)
        pages += [
            Page(path, "release", share, publication, release),
            Page(f"{path}/data-guidance", "plain", 0.1 * share, publication, release),
            Page(f"{path}/prerelease-access-list", "plain", 0.04 * share, publication, release),
            Page(
                f"/data-tables/{slug}/{release.slug}", "publication tables", 0.2 * share, publication, release
            ),
        ]
    return pages


def identifier(chance: Random) -> str:
    """A made-up UUID."""
    return str(UUID(int=chance.getrandbits(128), version=4))


def slug_of(title: str) -> str:
    """A title as part of an address: lower case, everything else a hyphen."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def capitalise(title: str) -> str:
    """A title as event categories spell it: capitals except for small words; acronyms stay."""
    words = title.split(" ")
    return " ".join(
        word
        if position and word in SMALL_WORDS
        else "-".join(part[:1].upper() + part[1:] for part in word.split("-"))
        for position, word in enumerate(words)
    )


def cut(text: str) -> str:
    """Event labels and categories end at 100 characters, wherever that is."""
    return text[:100]
