import datetime as dt

from ees_analytics.parameters.rules import EventRules
from ees_analytics.transforms.events import both_eras, counted
from tests.reporting import Reporting, event, of, ua_event

RULES = EventRules(events=("Clicked", "100%"), event_prefixes=("Page_ all: ",))


def events(spark, universal=(), ga4=(), last_day=None):
    frame = Reporting(spark).frame
    return both_eras(frame("raw.ees_ua_events", universal), frame("raw.ees_ga4_events", ga4), last_day)


def test_an_era_without_rows(spark):
    assert events(spark).count() == 0
    assert of(
        [row.asDict() for row in events(spark, ga4=[event("x", 2.0)]).collect()], "eventName", "eventCount"
    ) == [("x", 2.0)]
    assert events(spark, [ua_event("x")]).count() == 1


def test_the_last_day_ends_universal_analytics_only(spark):
    days = [dt.date(2023, 6, day) for day in (29, 30)]
    rows = events(spark, [ua_event("x", date=day) for day in days], [event("x", date=days[1])], days[0])

    assert of([row.asDict() for row in rows.collect()], "date") == [(days[0],), (days[1],)]


def test_listed_names_and_prefixes_are_literal(spark):
    names = [
        "Clicked",
        "clicked",
        "Clicked ",
        "100%",
        "1000",
        "Page_ all: x",
        "Page_ all:x",
        "PageX all: x",
        "",
        None,
    ]
    found = counted(events(spark, [ua_event(name) for name in names]), RULES)

    assert of([row.asDict() for row in found.collect()], "eventName") == [
        ("100%",),
        ("Clicked",),
        ("Page_ all: x",),
    ]
