import pytest

from ees_analytics.transforms.unclassified import TooMuchUnclassified
from tests.reporting import DAY, conf, event, of


def test_page_and_download_types_by_category_and_name(reporting):
    rows = reporting(
        "ees_service_downloads",
        ees_ga4_events=[
            event("CSV Download Button Clicked", 100.0, eventCategory="Table Tool", eventLabel="x"),
            event(
                "CSV Download Button Clicked",
                200.0,
                eventCategory="Table Tool",
                eventLabel="x",
                pagePath="/b",
            ),
            event("Data Catalogue Page Selected Files Download", 3.0, eventCategory="?"),
            event("Data Catalogue Page Selected Files Downl", 4.0, eventCategory="?"),
            event(
                "Release Page All Files downloads.title, Release: 2022",
                5.0,
                eventCategory="a - Useful Information",
            ),
            event("Release Page All Files downloads.title}, Release: 2022", 6.0, eventCategory="Table Tool"),
            event("Data Set File Download - All", 7.0, eventCategory="Data Catalogue"),
            event("Release Page File Downloaded", 8.0, eventCategory=None),
        ],
    )

    assert of(rows, "date", "page_type", "download_type", "eventLabel", "eventCount") == [
        (DAY, "Data catalogue", "All files", "", 7.0),
        (DAY, "Data catalogue", "Data catalogue", "", 3.0),
        (DAY, "Release page", "All files", "", 5.0),
        (DAY, "Release page", "Ancillary", "", 8.0),
        (DAY, "Release page", "Data catalogue", "", 4.0),
        (DAY, "Table tool", "All files", "", 6.0),
        (DAY, "Table tool", "CSV", "x", 300.0),
    ]


def test_an_event_whose_download_type_no_rule_knows(reporting):
    known = event("CSV Download Button Clicked", 99.0, eventCategory="Table Tool")
    unknown = event("Release Page All Files, Release", 1.0, eventCategory="Table Tool")

    rows = reporting("ees_service_downloads", rules=conf("none"), ees_ga4_events=[known, unknown])

    assert of(rows, "page_type", "download_type", "eventCount") == [
        ("Table tool", "CSV", 99.0),
        ("Table tool", "Unclassified", 1.0),
    ]


def test_a_row_that_is_unclassified_twice_counts_once(reporting):
    known = event("CSV Download Button Clicked", 98.0, eventCategory="Table Tool")
    twice = event("Release Page All Files, Release", 2.0, eventCategory='New "page"')

    with pytest.raises(TooMuchUnclassified) as stop:
        reporting("ees_service_downloads", rules=conf("none"), ees_ga4_events=[known, twice])

    message = str(stop.value)
    assert "ees_service_downloads: 2 of 100 (2.00%)" in message
    assert "page_type, by eventCategory (list downloads.page_type)" in message
    assert r'- {field: eventCategory, equals: "New \"page\"", label: "CHOOSE A LABEL"' in message
    assert "download_type, by eventName (list downloads.download_type)" in message
    assert '- {equals: "Release Page All Files, Release", label:' in message
