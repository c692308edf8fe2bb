"""What the visitors of a page clicked: rows for every group of the classification rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from .titles import FEATURED, GLOSSARY_TERMS, SEARCHES, SECTIONS, SUBJECTS
from .traffic import Visits
from .world import Page, capitalise, cut

NOT_SET = "(not set)"
NAME_LENGTH = 40
"""Google Analytics 4 cuts the names of events there."""
ENDED = 28
"""The age in days of the newest day with events that the website no longer sends."""
Event = tuple[str, str, str, str]
"""pagePath, eventName, eventLabel, eventCategory."""
Text = Callable[[Page, Random], str]


@dataclass(frozen=True)
class Click:
    """An event that visitors of some kind of page cause.

    Attributes:
        name: The event's name.
        rate: Events a view.
        label: Makes the label.
        category: Makes the category.
        ended: True where the website no longer sends it: the newest 28 days have none.
    """

    name: str
    rate: float
    label: Text
    category: Text
    ended: bool = False


def events_of(visits: Iterable[Visits], chance: Random, age: int) -> Counter[Event]:
    """Count the events of a day, which is this many days before the newest."""
    counted: Counter[Event] = Counter()
    for visit in visits:
        path = visit.page.path
        automatic = {
            "page_view": visit.views,
            "session_start": visit.starts,
            "first_visit": visit.new_users,
            "scroll": visit.scrolled,
            "user_engagement": visit.sessions - visit.bounced,
        }
        for name, count in automatic.items():
            if count:
                counted[path, name, NOT_SET, NOT_SET] += count
        for click in CLICKS.get(visit.page.kind, ()):
            if click.ended and age < ENDED:
                continue
            for _ in range(_distinct(visit.views * click.rate, chance)):
                label, category = (
                    cut(click.label(visit.page, chance)),
                    cut(click.category(visit.page, chance)),
                )
                counted[path, click.name[:NAME_LENGTH], label, category] += 1 + int(
                    3 * chance.random() ** 3 * (1 + visit.views / 40)
                )
    return counted


def _distinct(expected: float, chance: Random) -> int:
    """How many different rows an expected number of events makes: few, however many events."""
    rows = min(3.0, expected)
    return int(rows + chance.random())


def _one_of(texts: list[str], capitals: bool = True) -> Text:
    def choose(page: Page, chance: Random) -> str:
        text = texts[int(chance.random() * len(texts))]
        return capitalise(text) if capitals else text

    return choose


def _always(text: str) -> Text:
    return lambda page, chance: text


def _heading(suffix: str) -> Text:
    return lambda page, chance: f"{_title(page)}{suffix}"


def _path(page: Page, chance: Random) -> str:
    """Searches bear the title-cased path as their category."""
    return "/".join("-".join(word.capitalize() for word in part.split("-")) for part in page.path.split("/"))


def _file(noun: str) -> Text:
    def label(page: Page, chance: Random) -> str:
        release = page.release.label if page.release else "Academic year 2025/26"
        subject = SUBJECTS[int(chance.random() * len(SUBJECTS))]
        return f"Publication: {_title(page)}, Release: {release}, {noun}: {capitalise(subject)}"

    return label


def _release(page: Page, chance: Random) -> str:
    return f"Publication: {_title(page)}, Release: {page.release.label if page.release else '2025/26'}, File: All Files"


def _subject(page: Page, chance: Random) -> str:
    subject = SUBJECTS[int(chance.random() * len(SUBJECTS))]
    title = (
        _title(page)
        if page.publication
        else ("Apprenticeships", "Key Stage 4 Performance")[chance.random() < 0.5]
    )
    return f"{title}/{capitalise(subject)}"


def _table_name(page: Page, chance: Random) -> str:
    return f"{_title(page)} Between 2018/19 and 2025/26"


def _title(page: Page) -> str:
    return page.publication.heading if page.publication else "Pupil Attendance in Schools"


_SEARCH = _one_of(SEARCHES, capitals=False)
_USEFUL = _heading(" Release Page - Useful Information")
_PAGE = _heading(" Release Page")
_TABLE_TOOL = _always("Table Tool")
_TABLE_DOWNLOADS = [
    Click("CSV Download Button Clicked", 0.06, _table_name, _TABLE_TOOL),
    Click("ODS Download Button Clicked", 0.04, _table_name, _TABLE_TOOL),
    Click("Excel Download Button Clicked", 0.01, _table_name, _TABLE_TOOL),
]

CLICKS: dict[str, list[Click]] = {
    "release": [
        Click("Content Accordion Opened", 0.05, _one_of(SECTIONS), _heading(" Release Page")),
        Click("Accordion Opened", 0.03, _one_of(SECTIONS), _heading(" Release Page")),
        Click("Data Accordion Opened", 0.02, _one_of(SECTIONS), _heading(" Release Data Page")),
        Click("Release Page File Downloaded", 0.03, _file("File"), _USEFUL),
        Click("Release Page All Files Downloaded", 0.015, _release, _USEFUL),
        Click("Download All Data Button Clicked", 0.015, _release, _USEFUL, ended=True),
        Click("PageSearchForm", 0.02, _SEARCH, _path),
        Click("Publication and Subject Chosen", 0.004, _subject, _TABLE_TOOL),
        Click("Data Catalogue Page Selected Files Download", 0.0004, _file("Files"), _USEFUL),
        Click("Data Catalogue Page Selected Files Downl", 0.0004, _file("Files"), _USEFUL),
        Click(
            "Release Page All Files, Release: Academic Year 2025/26, File: All Files", 0.02, _release, _PAGE
        ),
        Click("Release Page Data Set File Download", 0.01, _file("Data Set"), _PAGE),
        Click(
            "Release Page All Files downloads.title}, Release: Academic Year 2025/26",
            0.0005,
            _release,
            _USEFUL,
        ),
        Click("Glossary Link Clicked", 0.01, _one_of(GLOSSARY_TERMS), _PAGE),
        Click("In Page Nav Item Clicked", 0.01, _one_of(SECTIONS), _PAGE),
        Click("Explore Data Button Clicked", 0.005, _heading(""), _PAGE),
        Click("Release Type Clicked", 0.002, _always("Accredited Official Statistics"), _PAGE),
        Click("Email Subscription", 0.001, _heading(""), _PAGE),
        Click("Feedback Survey Link Clicked", 0.002, _heading(""), _PAGE),  # in no list of conf
    ],
    "methodology": [
        Click("Content Accordion Opened", 0.15, _one_of(SECTIONS), _heading(" Methodology")),
        Click("Annexes Accordion Opened", 0.06, _one_of(SECTIONS), _heading(" Methodology")),
        Click("PageSearchForm", 0.05, _SEARCH, _path),
    ],
    "methodologies": [
        Click("Accordion Opened", 0.05, _one_of(SECTIONS), _always("Methodologies")),
        Click("PageSearchForm", 0.02, _SEARCH, _path),
    ],
    "find statistics": [
        Click("Publications Accordion Opened", 0.01, _one_of(SECTIONS), _always("Find Statistics and Data")),
        Click(
            "Publications+Accordion+Opened", 0.0005, _one_of(SECTIONS), _always("Find+Statistics+and+Data")
        ),
        Click("Publications Filtered by Search", 0.01, _SEARCH, _always("Find Statistics and Data")),
        Click("PageSearchForm", 0.0005, _SEARCH, _path),
        Click(
            "Publications Filtered by Theme", 0.002, _one_of(SECTIONS), _always("Find Statistics and Data")
        ),
        Click("Publications Sorted", 0.001, _always("title"), _always("Find Statistics and Data")),
        Click("Pagination Clicked", 0.002, _always("Page 2"), _always("Find Statistics and Data")),
    ],
    "home": [Click("Homepage Link Clicked", 0.01, _one_of(SECTIONS), _always("Homepage"))],
    "glossary": [
        Click("Accordion Opened", 0.02, _one_of(GLOSSARY_TERMS), _always("Glossary")),
        Click("PageSearchForm", 0.01, _SEARCH, _always("Glossary")),
    ],
    "data catalogue": [
        Click("Data Sets Filtered by searchTerm", 0.005, _SEARCH, _always("Data Catalogue")),
        Click("PageSearchForm", 0.0005, _SEARCH, _path),
        Click(
            "Data Catalogue Page Selected Files Download", 0.003, _file("Files"), _always("Data Catalogue")
        ),
        Click("Data Catalogue Page Selected Files Downl", 0.001, _file("Files"), _always("Data Catalogue")),
    ],
    "data set": [
        Click("Data Set File Download", 0.2, _file("Data Set"), _always("Data Catalogue - Data Set Page")),
        Click("Data Set File Download - All", 0.05, _release, _always("Data Catalogue - Data Set Page")),
        Click(
            "API Data Set Version History Pagination Clicked",
            0.01,
            _always("Page 2"),
            _always("Data Catalogue - Data Set Page"),
        ),
    ],
    "old catalogue": [
        Click("Accordion Opened", 0.2, _one_of(SECTIONS), _always("Download Index Page")),
        Click("PageSearchForm", 0.3, _SEARCH, _path),
    ],
    "table tool": [
        Click("Publication and Subject Chosen", 0.02, _subject, _TABLE_TOOL),
        Click("Table Created", 0.02, _subject, _TABLE_TOOL),
    ],
    "publication tables": [
        Click("Publication and Subject Chosen", 0.08, _subject, _TABLE_TOOL),
        Click("Table Created", 0.04, _subject, _TABLE_TOOL),
        Click(
            "Clicked to View Featured Table",
            0.05,
            lambda page, chance: f"Featured Table Name: {_one_of(FEATURED)(page, chance)}",
            _TABLE_TOOL,
        ),
        Click("PageSearchForm", 0.01, _SEARCH, _path),
        *_TABLE_DOWNLOADS,
    ],
    "permalink": [
        Click("CSV Download Button Clicked", 0.1, _table_name, _always("Permalink Page")),
        Click("ODS Download Button Clicked", 0.05, _table_name, _always("Permalink Page")),
    ],
    "static": [Click("PageSearchForm", 0.3, _SEARCH, lambda page, chance: page.path)],
    "plain": [Click("Accordion Opened", 0.002, _one_of(SECTIONS), _always(NOT_SET))],
}
