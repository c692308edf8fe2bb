import pytest

from tests.reporting import DAY, conf, event, of, publications

TITLES = {
    "graduate-outcomes-leo": "Graduate outcomes (LEO)",
    "characteristics-of-children-in-need": "characteristics of CHILDREN in need",
}


def download(
    label, path="/data-catalogue", category="Data Catalogue", name="Data Set File Download", **columns
):
    return event(name, eventLabel=label, pagePath=path, eventCategory=category, **columns)


@pytest.mark.parametrize(
    ("label", "publication"),
    [
        ("Publication: Pupil absence, Release: 2022/23, Data set: x", "Pupil Absence"),
        ("Publication: A, Regional, Release: x", "A, Regional"),
        ("Publication: A, Release: Reporting Year 2023, Revised, Data set: Exports, Re", "A"),
        ("Publication: A, Regional, R", "A, Regional"),  # cut: the last ", R"
        ("Publication:  \u00a0Pupil absence\u2009 , R", "Pupil Absence"),
        ("File: x, Publication: Pupil absence, R", "Pupil Absence"),
        ("Publication: U.K. children’s (LEO), R", "U.k. Children’s (Leo)"),
        ("Publication: E\u0301cole me\u0300re, R", "\u00c9cole M\u00e8re"),
    ],
)
def test_the_label_names_the_publication_where_the_path_does_not(reporting, label, publication):
    rows = reporting("ees_publication_downloads", ees_ga4_events=[download(label)])

    assert of(rows, "publication", "page_type", "eventLabel") == [(publication, "Data catalogue", label)]


@pytest.mark.parametrize(
    "label",
    [
        "Publication: A title that was cut before its rele",
        "Publication: , R",
        "Publication: \u2003, Release: x",
        "publication: A, R",
        "A, Release: Publication: B",
        "",
        None,
    ],
)
def test_a_label_without_such_a_part_names_none(reporting, label):
    assert reporting("ees_publication_downloads", ees_ga4_events=[download(label)]) == []


def test_the_path_goes_before_the_label_and_other_page_types_have_no_label(reporting):
    label = "Publication: Other, Release: x"
    rows = reporting(
        "ees_publication_downloads",
        ees_pub_scrape=publications(TITLES),
        ees_ga4_events=[
            download(label, "/data-catalogue/graduate-outcomes-leo"),
            download(label, "/data-tables/gone", "Table Tool"),
            download(
                label, "/methodology/graduate-outcomes-leo", "Table Tool"
            ),  # not a section of this table
        ],
    )

    assert of(rows, "publication", "page_type") == [("Graduate Outcomes (Leo)", "Data catalogue")]


@pytest.mark.parametrize(
    "named",
    [
        "Characteristics of Children in Need",
        "characteristics of children in need",
        "CHARACTERISTICS Of Children in need",
    ],
)
def test_renamed_publications_are_found_whatever_the_case(reporting, named):
    """Production compared mixed case with title case and never renamed one."""
    by_label = download(f"Publication: {named}, Release: x")
    by_slug = download("x", "/find-statistics/characteristics-of-children-in-need", "- Useful Information")

    rows = reporting(
        "ees_publication_downloads", ees_pub_scrape=publications(TITLES), ees_ga4_events=[by_label, by_slug]
    )

    assert of(rows, "date", "publication", "page_type", "download_type", "eventCount") == [
        (DAY, "Children In Need", "Data catalogue", "Data catalogue", 1.0),
        (DAY, "Children In Need", "Release page", "Data catalogue", 1.0),
    ]


def test_unclassified_downloads_of_known_publications_stay(reporting):
    path = "/find-statistics/graduate-outcomes-leo"
    known = download("", path, "- Useful Information", count=99.0)
    novel = download("", path, "Novel", "CSV Download Button Clicked")

    rows = reporting("ees_publication_downloads", ees_ga4_events=[known, novel])

    assert of(rows, "page_type", "download_type", "eventCount") == [
        ("Release page", "Data catalogue", 99.0),
        ("Unclassified", "CSV", 1.0),
    ]


PATH = "/find-statistics/graduate-outcomes-leo/2025"
CUT = "Release Page All Files, Release: Academic"  # GA4 cuts names at 40 characters
SENT = "Release Page All Files downloads.title}, Release: Academic year 2022/23, File: All files"
NEW_FORMS = [
    (CUT[:40], "Release page", "All files"),
    (SENT[:40], "Release page", "All files"),
    (SENT, "Release page", "All files"),
    ("Release Page All Files, Release", "Release page", "All files"),
    ("Release Page Data Set File Download", "Release page", "Data set"),
]


def release_downloads(reporting, corrections, names, category="Release Page"):
    events = [download("x", PATH, category, name) for name in names]
    known = download("x", PATH, "- Useful Information", count=999.0)
    rules = conf(corrections)
    rows = reporting("ees_publication_downloads", rules=rules, ees_ga4_events=[*events, known])
    return of([row for row in rows if row["eventCount"] < 999.0], "page_type", "download_type", "eventCount")


@pytest.mark.parametrize(("name", "page_type", "download_type"), NEW_FORMS)
def test_downloads_of_release_pages_count(reporting, name, page_type, download_type):
    """Fault 10. The category has no rule: the event's name decides."""
    for corrections in ("all", "release_page_downloads"):
        assert release_downloads(reporting, corrections, [name]) == [(page_type, download_type, 1.0)]


@pytest.mark.parametrize("corrections", ["none", "methodology_tab+download_label_publication"])
def test_they_do_not_without_the_correction(reporting, corrections):
    """The cut name is then a whole name that matches no rule."""
    names = [name for name, _, _ in NEW_FORMS]

    rows = release_downloads(reporting, corrections, names)

    assert rows == [("Unclassified", "Unclassified", 1.0)]


def test_the_category_of_a_download_comes_first(reporting):
    for category, page_type in (("Table Tool", "Table tool"), ("Permalink Page", "Permalinks")):
        found = release_downloads(reporting, "all", [CUT[:40]], category)
        assert found == [(page_type, "All files", 1.0)]


def test_the_label_is_cut_at_the_last_r_without_the_correction(reporting):
    """Fault 11."""
    label = "Publication: A, Release: Reporting Year 2023, Revised, Data set: x"
    off = reporting("ees_publication_downloads", rules=conf("none"), ees_ga4_events=[download(label)])

    assert of(off, "publication") == [("A, Release: Reporting Year 2023",)]
