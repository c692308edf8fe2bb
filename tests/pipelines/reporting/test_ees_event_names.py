import datetime as dt

import pytest

from ees_analytics.pipelines.reporting.coverage import event_names
from tests.reporting import DAY, conf, event, of, parameters, ua_event

COLUMNS = ("era", "eventName", "counted_in", "state", "eventCount", "last_28_days")
BEFORE = DAY - dt.timedelta(days=28)


def test_a_row_for_each_era_and_name_with_the_lists_that_count_it(reporting):
    rows = reporting(
        "ees_event_names",
        ees_ua_events=[ua_event("Accordion Opened", 3.0, date=BEFORE), ua_event("session_start", 1.0)],
        ees_ga4_events=[
            event("Accordion Opened", 5.0),
            event("Accordion Opened", 6.0, date=BEFORE, pagePath="/b"),
            event("session_start", 2.0),
            event("page_view", 9.0),
            event("Reset Search Filter", 1.0),
            event("Publications Filtered by Search", 1.0),
            event("Publications Filtered by Theme", 1.0),
            event("Headlines (Absence rates by type) Tab Op", 1.0),
            event("accordion opened", 7.0),
        ],
    )
    assert of(rows, *COLUMNS) == [
        ("GA4", "Accordion Opened", "accordions", "counted", 11.0, 5.0),
        ("GA4", "Headlines (Absence rates by type) Tab Op", None, "ignored", 1.0, 1.0),
        ("GA4", "Publications Filtered by Search", "search_events", "counted", 1.0, 1.0),
        ("GA4", "Publications Filtered by Theme", None, "ignored", 1.0, 1.0),
        ("GA4", "Reset Search Filter", None, "ignored", 1.0, 1.0),
        ("GA4", "accordion opened", None, "unknown", 7.0, 7.0),
        ("GA4", "page_view", None, "ignored", 9.0, 9.0),
        ("GA4", "session_start", "session_starts", "counted", 2.0, 2.0),
        ("UA", "Accordion Opened", "accordions", "counted", 3.0, 0.0),
        ("UA", "session_start", None, "unknown", 1.0, 1.0),
    ]
    (found,) = [row for row in rows if row["eventName"] == "Accordion Opened" and row["era"] == "GA4"]
    assert (found["first_date"], found["last_date"]) == (BEFORE, DAY)


RELEASE_DOWNLOADS = [
    event("Release Page All Files, Release: Academi", 4.0),
    event("Release Page All Files, Release: Financi", 5.0),
    event("Release Page Data Set File Download", 6.0),
]


def test_names_that_a_prefix_counts_are_one_row(reporting):
    rows = reporting("ees_event_names", ees_ga4_events=RELEASE_DOWNLOADS)
    assert of(rows, *COLUMNS) == [
        ("GA4", "Release Page All Files, Release…", "downloads", "counted", 9.0, 9.0),
        ("GA4", "Release Page Data Set File Download", "downloads", "counted", 6.0, 6.0),
    ]


def test_downloads_of_release_pages_are_unknown_without_their_correction(reporting):
    rules = conf("none")
    rows = reporting("ees_event_names", rules=rules, ees_ga4_events=RELEASE_DOWNLOADS)
    assert of(rows, "eventName", "state") == [
        ("Release Page All Files, Release: Academi", "unknown"),
        ("Release Page All Files, Release: Financi", "unknown"),
        ("Release Page Data Set File Download", "unknown"),
    ]


@pytest.mark.parametrize(
    ("before", "recent", "silent"), [(28.0, 0.0, True), (27.0, 0.0, False), (90.0, 1.0, False)]
)
def test_a_counted_event_falls_silent(reporting, before, recent, silent):
    """At least 28 in the 28 days before, none in the newest 28."""
    edge = DAY - dt.timedelta(days=55)
    rows = [
        event("Accordion Opened", before, date=edge),
        event("scroll", 99.0, date=edge),
        event("page_view"),
    ]
    rows += [event("Accordion Opened", recent)] if recent else []
    rows += [
        event("Data Accordion Opened", 99.0, date=edge - dt.timedelta(days=1)),
        event("odd", 99.0, date=edge),
    ]
    frames = {name: reporting.frame(f"raw.{name}", found) for name, found in (("ees_ua_events", []), ("ees_ga4_events", rows))}  # fmt: skip
    known = parameters()
    keys = ("accordions", "downloads", "featured_tables", "search_events", "session_starts", "tables_created", "ignored_events", "universal_analytics")  # fmt: skip
    _, found = event_names(**frames, **{key: known[key] for key in keys})
    assert [(row["eventName"], row["previous_28_days"]) for row in found] == (
        [("Accordion Opened", 28.0)] if silent else []
    )


def test_nothing_in_gives_nothing(reporting):
    assert reporting("ees_event_names") == []
