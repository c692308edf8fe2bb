import pytest

from tests.reporting import DAY, event, of, publications

TITLES = {
    "graduate-outcomes-leo": "Graduate outcomes (LEO)",
    "fast-track": "A publication of that name",
    "old-exclusions": "Permanent and fixed-period exclusions in England",
}


def chosen(label, path="/data-tables", category="Table Tool", count=1.0):
    return event(
        "Publication and Subject Chosen", count, eventLabel=label, pagePath=path, eventCategory=category
    )


@pytest.mark.parametrize(
    "path", ["/data-tables", "/data-tables/fast-track", "/data-tables/fast-track/123", "Fast-Track"]
)
@pytest.mark.parametrize(
    ("label", "publication", "subject"),
    [
        ("pupil absence/By region", "Pupil Absence", "By region"),
        ("pupil absence/Rates/By region", "Pupil Absence", "By region"),
        ("\u2003pupil absence ", "Pupil Absence", "\u2003pupil absence "),
        ("pupil absence/", "Pupil Absence", ""),
    ],
)
def test_the_label_names_the_publication(reporting, path, label, publication, subject):
    rows = reporting(
        "ees_publication_tables_created",
        ees_pub_scrape=publications(TITLES),
        ees_ga4_events=[chosen(label, path)],
    )

    assert of(rows, "publication", "eventLabel") == [(publication, subject)]


@pytest.mark.parametrize("label", ["/By region", "\u2003 /By region", ""])
def test_an_empty_publication_is_none(reporting, label):
    rows = reporting("ees_publication_tables_created", ees_ga4_events=[chosen(label)])

    assert rows == []


def test_elsewhere_the_path_does(reporting):
    paths = [
        "/data-tables/graduate-outcomes-leo",
        "/find-statistics/Graduate-outcomes-leo!",
        "/data-tables/",
        "/data-tables/gone",
        None,
    ]
    rows = reporting(
        "ees_publication_tables_created", ees_ga4_events=[chosen("Other/Pay", path) for path in paths]
    )

    assert of(rows, "date", "page_type", "publication", "eventLabel", "eventCount") == [
        (DAY, "Release page", "Graduate Outcomes (Leo)", "Pay", 1.0),
        (DAY, "Table tool", "Graduate Outcomes (Leo)", "Pay", 1.0),
    ]


def test_labels_are_cleaned_before_they_are_added(reporting):
    """Production cleaned them afterwards and so held the same key twice."""
    rows = reporting(
        "ees_publication_tables_created",
        ees_ga4_events=[chosen("a/Pay", count=2.0), chosen("A/2023/Pay", count=3.0)],
    )

    assert of(rows, "publication", "eventLabel", "eventCount") == [("A", "Pay", 5.0)]


def test_renamed_publications_are_found_whatever_the_case(reporting):
    rows = reporting(
        "ees_publication_tables_created",
        ees_pub_scrape=publications(TITLES),
        ees_ga4_events=[chosen("x", "/data-tables/old-exclusions"), chosen("neet ANNUAL brief/x")],
    )

    assert of(rows, "publication") == [
        ("Neet Age 16 To 24",),
        ("Permanent Exclusions And Suspensions In England",),
    ]


def test_an_unclassified_page_type_is_shown(reporting):
    rows = reporting(
        "ees_publication_tables_created",
        ees_ga4_events=[chosen("Pay/x", count=99.0), chosen("Pay/x", category=None)],
    )

    assert of(rows, "page_type", "publication", "eventCount") == [
        ("Table tool", "Pay", 99.0),
        ("Unclassified", "Pay", 1.0),
    ]
