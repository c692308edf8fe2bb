import pytest

from tests.reporting import DAY, event, of, publications, ua_event

SLUG = "graduate-outcomes-leo"
LEO = "Graduate Outcomes (Leo)"
RELEASE = "Graduate outcomes (LEO) Release Page"


def opened(category, path=f"/find-statistics/{SLUG}", count=1.0, **columns):
    return event("Accordion Opened", count, eventCategory=category, pagePath=path, **columns)


def test_both_eras_are_added_under_one_label(reporting):
    rows = reporting(
        "ees_publication_accordions",
        ees_ua_events=[
            ua_event(
                "Content Accordion Opened",
                4.0,
                eventCategory=RELEASE,
                pagePath=f"/find-statistics/{SLUG}",
                eventLabel="A 100% _rise_",
            )
        ],
        ees_ga4_events=[
            opened(RELEASE, count=2.0, eventLabel="A 100% _rise_"),
            opened(RELEASE, path="/find-statistics/gone", eventLabel="A 100% _rise_"),
            opened("Graduate outcomes (LEO) Methodology", f"/methodology/{SLUG}-methodology"),
        ],
    )

    assert of(rows, "date", "page_type", "publication", "eventLabel", "eventCount") == [
        (DAY, "Methodology", LEO, "", 1.0),
        (DAY, "Release page", None, "A 100% _rise_", 1.0),
        (DAY, "Release page", LEO, "A 100% _rise_", 6.0),
    ]


@pytest.mark.parametrize(
    "category", ["Graduate outcomes (LEO) Release Data Page", "Download Index Page", "Glossary", "Anything"]
)
def test_other_page_types_are_left_out(reporting, category):
    assert reporting("ees_publication_accordions", ees_ga4_events=[opened(category)]) == []


def test_other_events_are_not_counted(reporting):
    others = ["accordion opened", "Accordion Opened ", "Some Accordion Opened", None]
    rows = [event(name, eventCategory=RELEASE) for name in others]

    assert reporting("ees_publication_accordions", ees_ga4_events=rows) == []


def test_null_is_a_value_like_others(reporting):
    universal = [
        ua_event("Accordion Opened", 2.0, eventCategory=RELEASE, pagePath=path, eventLabel=label)
        for path in (None, f"/find-statistics/{SLUG}")
        for label in (None, "")
    ]
    rows = reporting("ees_publication_accordions", ees_ua_events=universal)

    assert of(rows, "publication", "eventLabel", "eventCount") == [
        (None, None, 2.0),
        (None, "", 2.0),
        (LEO, None, 2.0),
        (LEO, "", 2.0),
    ]


def test_titles_that_differ_by_case_are_one_publication(reporting):
    titles = {"one": "Children’s (SEN) a-levels", "two": "CHILDREN’S (sen) A-levels"}
    rows = reporting(
        "ees_publication_accordions",
        ees_pub_scrape=publications(titles),
        ees_ga4_events=[opened(RELEASE, f"/find-statistics/{slug}") for slug in titles],
    )

    assert of(rows, "publication", "eventCount") == [("Children’s (Sen) A-Levels", 2.0)]


@pytest.mark.parametrize("slug", [f" {SLUG}!", f"{SLUG}.", f"{SLUG}\u2028", "graduate(outcomes)-leo"])
def test_this_table_keeps_letters_digits_and_hyphens_only(reporting, slug):
    rows = reporting("ees_publication_accordions", ees_ga4_events=[opened(RELEASE, f"/data-tables/{slug}")])

    known = slug != "graduate(outcomes)-leo"
    assert of(rows, "publication") == [(LEO if known else None,)]
