from tests.reporting import DAY, event, of

PATH = "/data-tables/graduate-outcomes-leo"


def clicked(label, path=PATH, category="Table Tool", count=1.0):
    return event(
        "Clicked to View Featured Table", count, eventLabel=label, pagePath=path, eventCategory=category
    )


def test_labels_are_cleaned_before_they_are_added(reporting):
    """Production cleaned them afterwards and so held the same key twice."""
    rows = reporting(
        "ees_publication_featured_tables",
        ees_ga4_events=[clicked("Featured Table Name: Pay", count=2.0), clicked("Pay", count=3.0)],
    )

    assert of(rows, "date", "publication", "eventLabel", "eventCount") == [
        (DAY, "Graduate Outcomes (Leo)", "Pay", 5.0)
    ]


def test_the_first_prefix_goes_wherever_it_stands(reporting):
    labels = [
        "Featured Table Name: Featured Table Name: a",
        "x Featured Table Name: b",
        "featured table name: c",
        None,
    ]
    rows = reporting("ees_publication_featured_tables", ees_ga4_events=[clicked(label) for label in labels])

    assert of(rows, "eventLabel") == [
        (None,),
        ("Featured Table Name: a",),
        ("featured table name: c",),
        ("x b",),
    ]


def test_this_table_cleans_little_and_needs_a_publication(reporting):
    known, lost = (
        f"{PATH}.",
        [f"{PATH} ", PATH.upper(), "/methodology/graduate-outcomes-leo", "/data-tables/gone", None],
    )
    rows = reporting(
        "ees_publication_featured_tables", ees_ga4_events=[clicked("a", path) for path in [known, *lost]]
    )

    assert of(rows, "eventLabel", "eventCount") == [("a", 1.0)]


def test_a_row_without_page_type_counts(reporting):
    rows = [clicked("a", count=99.0), clicked("a", category="Novel")]

    assert of(reporting("ees_publication_featured_tables", ees_ga4_events=rows), "eventCount") == [(100.0,)]
