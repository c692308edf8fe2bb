import datetime as dt

import pytest

from ees_analytics.transforms.unclassified import TooMuchUnclassified
from tests.reporting import DAY, of

COLUMNS = ("date", "page_type", "device", "browser", "pageviews", "sessions")


def visit(path, pageviews=2.0, sessions=1.0, date=DAY, device="desktop", browser="Chrome"):
    return {
        "date": date,
        "pagePath": path,
        "deviceCategory": device,
        "browser": browser,
        "pageviews": pageviews,
        "sessions": sessions,
    }


def test_both_eras_are_added_by_page_type(reporting):
    rows = reporting(
        "ees_service_device_browser",
        ees_ua_device_browser=[visit("/glossary"), visit("/glossary#a", 5.0)],
        ees_ga4_device_browser=[visit("/glossary", 10.0, 3.0), visit("/", browser="Safari")],
    )

    assert of(rows, *COLUMNS) == [
        (DAY, "Glossary", "desktop", "Chrome", 17.0, 5.0),
        (DAY, "Homepage", "desktop", "Safari", 2.0, 1.0),
    ]


def test_the_last_day_ends_universal_analytics(reporting):
    days = [dt.date(2023, 7, day) for day in (1, 2, 3)]
    rows = reporting(
        "ees_service_device_browser",
        rules={"universal_analytics": {"last_day": "2023-07-02"}},
        ees_ua_device_browser=[visit("/", date=day) for day in days],
        ees_ga4_device_browser=[visit("/", date=days[1])],
    )

    assert of(rows, "date", "pageviews") == [(days[0], 2.0), (days[1], 4.0)]


@pytest.mark.parametrize(
    ("path", "page_type"),
    [("", "Blank"), ("(other)", "Other"), ("/data-tables", "Homepage"), ("/unheard-of", "Homepage")],
)
def test_paths_that_no_special_rule_knows(reporting, path, page_type):
    rows = reporting("ees_service_device_browser", ees_ga4_device_browser=[visit(path)])

    assert of(rows, "page_type") == [(page_type,)]


@pytest.mark.parametrize("path", ["unheard of", None])
def test_an_unclassified_path_is_kept_and_named(reporting, path):
    rows = reporting(
        "ees_service_device_browser",
        ees_ua_device_browser=[visit(path, 1.0, browser=None)],
        ees_ga4_device_browser=[visit("/", 99.0)],
    )

    assert of(rows, "page_type", "browser", "pageviews") == [
        ("Homepage", "Chrome", 99.0),
        ("Unclassified", None, 1.0),
    ]


def test_too_many_unclassified_page_views_stop_the_table(reporting):
    with pytest.raises(TooMuchUnclassified) as stop:
        reporting(
            "ees_service_device_browser", ees_ga4_device_browser=[visit("new page", 2.0), visit("/", 98.0)]
        )

    message = str(stop.value)
    assert "ees_service_device_browser: 2 of 100 (2.00%) are unclassified" in message
    assert "'new page': 2 (2024-07-01 to 2024-07-01)" in message
    assert '- {equals: "new page", label: "CHOOSE A LABEL", example: "new page"}' in message


def test_the_accepted_share_is_configured(reporting):
    visits = [visit("new page", 2.0), visit("/", 98.0)]
    rows = reporting(
        "ees_service_device_browser",
        rules={"unclassified": {"max_share": 0.02}},
        ees_ga4_device_browser=visits,
    )

    assert ("Unclassified", 2.0) in of(rows, "page_type", "pageviews")


def test_page_views_without_a_count_weigh_nothing(reporting):
    rows = reporting("ees_service_device_browser", ees_ga4_device_browser=[visit("new page", 0.0)])

    assert of(rows, "page_type", "pageviews") == [("Unclassified", 0.0)]


def test_nothing_in_gives_nothing(reporting):
    assert reporting("ees_service_device_browser") == []
