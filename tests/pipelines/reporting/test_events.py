"""All tables of events."""

import datetime as dt

import pytest

from ees_analytics.pipelines.reporting.events import create_pipeline
from tests.reporting import conf, event, of, ua_event

PATH = "/find-statistics/graduate-outcomes-leo"
EVENTS = {
    "ees_publication_accordions": ("Accordion Opened", "Leo Release Page"),
    "ees_service_accordions": ("Accordion Opened", "Glossary"),
    "ees_publication_search_events": ("PageSearchForm", "/Find-Statistics/Leo"),
    "ees_service_search_events": ("PageSearchForm", "/Find-Statistics"),
    "ees_publication_downloads": ("Data Set File Download", "Data Catalogue"),
    "ees_service_downloads": ("Data Set File Download", "Data Catalogue"),
    "ees_publication_featured_tables": ("Clicked to View Featured Table", "Table Tool"),
    "ees_publication_tables_created": ("Publication and Subject Chosen", "Table Tool"),
}
"""An event that each table counts, and its category."""

BOTH, LATER = dt.date(2023, 6, 29), dt.date(2023, 6, 30)


@pytest.mark.parametrize("table", EVENTS)
def test_both_eras_are_added_up_to_the_last_day_of_the_first(reporting, table):
    name, category = EVENTS[table]
    known = {"eventCategory": category, "pagePath": PATH}
    rows = reporting(
        table,
        rules={"universal_analytics": {"last_day": BOTH}},
        ees_ua_events=[
            ua_event(name, 2.0, date=BOTH, **known),
            ua_event(name, 100.0, date=LATER, **known),
        ],
        ees_ga4_events=[event(name, 3.0, date=BOTH, **known), event(name, 4.0, date=LATER, **known)],
    )

    assert of(rows, "date", "eventLabel", "eventCount") == [(BOTH, "", 5.0), (LATER, "", 4.0)]


@pytest.mark.parametrize("table", [*EVENTS, "ees_session_starts"])
def test_no_events_give_no_rows(reporting, table):
    assert reporting(table) == []


@pytest.mark.parametrize("table", EVENTS)
def test_events_of_other_topics_are_not_counted(reporting, table):
    own, category = EVENTS[table]
    rows = reporting(
        table,
        ees_ga4_events=[
            event(name, 1.0 if name == own else 10.0, eventCategory=category, pagePath=PATH)
            for name in dict(EVENTS.values())
        ],
    )

    assert of(rows, "eventCount") == [(1.0,)]


@pytest.mark.parametrize("table", ["ees_publication_accordions", "ees_publication_featured_tables"])
def test_an_event_that_two_topics_list_is_counted_by_both(reporting, table):
    rows = reporting(
        table,
        rules={"featured_tables": {**conf()["featured_tables"], "events": ["Accordion Opened"]}},
        ees_ga4_events=[event("Accordion Opened", 3.0, eventCategory=EVENTS[table][1], pagePath=PATH)],
    )

    assert of(rows, "eventCount") == [(3.0,)]


def test_sessions_start_in_google_analytics_4_only():
    inputs = create_pipeline().to_outputs("app.ees_session_starts").inputs()

    assert {name for name in inputs if name.startswith("raw.")} == {"raw.ees_ga4_events"}
