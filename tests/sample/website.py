"""The website in the sample: the listing of publications, and each publication's page."""

from __future__ import annotations

from html import escape
from pathlib import Path
from random import Random

from .titles import FEATURED, SECTIONS
from .world import Publication, World

ITEMS_A_PAGE = 10
LOGO = "/assets/images/accredited-official-statistics-logo.svg"

SENTENCES = [
    "The overall rate rose to {n}.{m}% in {release}, compared with {m}.{n}% in the year before.",
    "There were {n},{m}00 pupils recorded in the {release} census.",
    "Rates were highest in the North East and lowest in London, as in previous years.",
    "This is mainly driven by illness, which made up {m}{n}% of all absence.",
    "Figures for pupils with special educational needs (SEN) are shown separately, and children’s own views are not.",
    "Comparisons with 2019/20 and 2020/21 should be made with caution because of the pandemic.",
]


def write(world: World, out: Path) -> None:
    """Write the listing as ``website/find-statistics/_page_<n>.html`` and each publication as ``<slug>.html``."""
    folder = out / "website" / "find-statistics"
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(listing_pages(world), start=1):
        (folder / f"_page_{number}.html").write_bytes(page.encode())
    for publication in world.publications:
        (folder / f"{publication.slug}.html").write_bytes(publication_page(world, publication).encode())


def listing_pages(world: World) -> list[str]:
    """The pages of ``/find-statistics?page=N``, ten publications each."""
    found = world.publications
    count = -(-len(found) // ITEMS_A_PAGE)
    return [
        _listing(found[start : start + ITEMS_A_PAGE], start // ITEMS_A_PAGE + 1, count, len(found))
        for start in range(0, len(found), ITEMS_A_PAGE)
    ]


def publication_page(world: World, publication: Publication) -> str:
    """The page of a publication's latest release."""
    chance = world.random("website", publication.slug)
    title = escape(publication.title)
    logo = f'<img src="{LOGO}" alt="Accredited official statistics">' if chance.random() < 0.6 else ""
    charts = "".join(f'<img src="/content/chart-{n}.png" alt="">' for n in range(int(chance.random() * 4)))
    sections = "\n".join(
        _section(section, publication, chance) for section in SECTIONS[: 3 + int(chance.random() * 7)]
    )
    return _document(
        f"{title}, {publication.latest.label} - Explore education statistics - GOV.UK",
        f'<span class="govuk-caption-xl">{publication.latest.label}</span>\n'
        f'<h1 class="govuk-heading-xl" data-testid="page-title">{title}</h1>\n'
        f"{logo}\n<p>{_sentences(publication, chance, 2)}</p>\n{charts}\n{sections}\n"
        f'<h2 class="govuk-heading-l">Explore data and files</h2>\n<ul>{_featured(publication)}</ul>',
    )


def _listing(found: tuple[Publication, ...], number: int, count: int, total: int) -> str:
    items = "\n".join(
        f'<li><h3><a class="govuk-link govuk-link--no-visited-state" href="/find-statistics/{each.slug}'
        f'{"/" + each.latest.slug if position % 3 == 2 else ""}">{escape(each.title)}</a></h3>'
        f"<p>{escape(each.title)} statistics for England.</p></li>"
        for position, each in enumerate(found)
    )
    following = (
        f'<a class="govuk-link" href="/find-statistics?page={number + 1}">Next</a>' if number < count else ""
    )
    return _document(
        "Find statistics and data - Explore education statistics - GOV.UK",
        '<h1 class="govuk-heading-xl">Find statistics and data</h1>\n'
        f"<h2>{total} results</h2>\n<p>{total} results, page {number} of {count}, showing all publications</p>\n"
        f"<ul>\n{items}\n</ul>\n<nav>{following}</nav>",
    )


def _document(title: str, main: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title></head>\n<body>\n'
        '<header><a class="govuk-link" href="/">Explore education statistics</a>'
        '<a class="govuk-link" href="/find-statistics">Find statistics and data</a>'
        '<a class="govuk-link" href="/glossary">Glossary</a></header>\n'
        f"<main>\n{main}\n</main>\n"
        '<footer><p>Synthetic sample page</p><a class="govuk-footer__link" href="/cookies">Cookies</a></footer>\n'
        "</body>\n</html>\n"
    )


def _section(heading: str, publication: Publication, chance: Random) -> str:
    texts = "".join(
        f"<p>{_sentences(publication, chance, 3)}</p>" for _ in range(1 + int(chance.random() * 2))
    )
    bullets = "".join(f"<li>{_sentences(publication, chance, 1)}</li>" for _ in range(3))
    return (
        f'<h2 class="govuk-heading-l">{escape(heading)}</h2>\n{texts}<ul>{bullets}</ul><h3>Methodology</h3>'
    )


def _sentences(publication: Publication, chance: Random, count: int) -> str:
    chosen = (SENTENCES[int(chance.random() * len(SENTENCES))] for _ in range(count))
    return " ".join(
        sentence.format(
            n=int(chance.random() * 9) + 1, m=int(chance.random() * 9) + 1, release=publication.latest.label
        )
        for sentence in chosen
    )


def _featured(publication: Publication) -> str:
    return "".join(
        f'<li><a class="govuk-link" href="/data-tables/{publication.slug}">{escape(name)}</a></li>'
        for name in FEATURED
    )
