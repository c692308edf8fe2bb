import datetime as dt

import pytest

from tests.reporting import DAY, conf, event, of, publications, ua_event

TITLES = {"pay": "Graduate pay", "pay-2": "Graduate PAY", "absence": "Absence"}
FIRST = DAY - dt.timedelta(days=2)
METRICS = (
    "pageviews",
    "sessions",
    "total_session_starts",
    "total_accordion_events",
    "total_download_events",
    "total_featured_tables",
    "total_search_events",
    "total_tables_created",
)


def page(path, pageviews=2.0, date=DAY):
    return {"date": date, "pagePath": path, "pageviews": pageviews, "sessions": 1.0}


@pytest.fixture
def summary(reporting):
    def build(first_day=FIRST, alone=True, corrections="all", **given):
        rules = conf(corrections) | {
            "publication_summary": {"first_day": first_day, "page_types": ["Release page"]}
        }
        pages = [*given.get("ees_ga4_page", []), *given.get("ees_ua_page", [])]
        events = [event("page_view", date=row["date"]) for row in pages]
        given = {"ees_pub_scrape": publications(TITLES), "ees_ga4_events": events, **given}
        return reporting("ees_publication_summary", rules=rules, alone=alone, **given)

    return build


def test_every_day_and_publication_has_a_row(summary):
    """Titles that differ by case are one publication; production doubled its rows and totals."""
    rows = summary(
        ees_ga4_page=[
            page("/find-statistics/pay"),
            page("/find-statistics/pay-2/2023"),
            page("/", date=FIRST),
        ]
    )

    assert of(rows, "date", "publication") == [
        (day, name) for day in (FIRST, DAY) for name in ("Absence", "Graduate Pay")
    ]
    assert [row for row in of(rows, "date", "publication", "pageviews", "sessions") if row[2]] == [
        (DAY, "Graduate Pay", 4.0, 2.0)
    ]


def test_release_pages_of_both_eras(summary):
    lost = [
        "/methodology/find-statistics/pay",
        "/find-statistics/pay/data-guidance",
        "/find-statistics/pay/prerelease-access-list",
        "/find-statistics/Pay",  # this table changes no case
        "/find-statistics/ pay",
        "/data-tables/pay",
        "/find-statistics/gone",
        None,
    ]
    rows = summary(
        ees_ua_page=[page("/find-statistics/pay."), page(None)],
        ees_ga4_page=[page("/find-statistics/pay/2023", 5.0), *[page(path, 100.0) for path in lost]],
    )

    assert [row for row in of(rows, "publication", "pageviews", "sessions") if row[1]] == [
        ("Graduate Pay", 7.0, 2.0)
    ]


def test_totals_of_the_other_tables(summary):
    path = "/find-statistics/pay"
    rows = summary(
        alone=False,
        ees_ga4_page=[page("/")],
        ees_ga4_events=[
            event("session_start", 1.0, pagePath=path),
            event("session_start", 50.0, pagePath="/data-tables/pay"),
            event("Accordion Opened", 2.0, pagePath=path, eventCategory="Pay Release Page"),
            event("Accordion Opened", 50.0, pagePath=path, eventCategory="Pay Methodology"),
            event("CSV Download Button Clicked", 3.0, pagePath=path, eventCategory="Table Tool"),
            event("Clicked to View Featured Table", 4.0, pagePath=path, eventCategory="Table Tool"),
            event("PageSearchForm", 5.0, pagePath=path, eventCategory="/Find-Statistics/Pay"),
            event("PageSearchForm", 50.0, pagePath=path, eventCategory="/Methodology/Pay"),
            event(
                "Publication and Subject Chosen",
                6.0,
                pagePath=path,
                eventLabel="x",
                eventCategory="Table Tool",
            ),
            event(
                "Publication and Subject Chosen",
                7.0,
                pagePath="/data-tables",
                eventLabel="Unlisted/x",
                eventCategory="Table Tool",
            ),
        ],
    )

    newest = [row for row in rows if row["date"] == DAY and row["publication"] == "Graduate Pay"]
    assert of(newest, *METRICS) == [(0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)]
    assert {row["publication"] for row in rows} == {"Absence", "Graduate Pay"}


@pytest.mark.parametrize(
    ("corrections", "pageviews"), [("all", 7.0), ("methodology_tab", 7.0), ("release_page_downloads", 0.0)]
)
def test_the_methodology_tab_of_a_release_is_its_page(summary, corrections, pageviews):
    """Fault 12. Publications whose slug contains "methodology" come in too."""
    rows = summary(
        corrections=corrections,
        ees_pub_scrape=publications({"pay": "Pay", "methodology-improvements": "Pay"}),
        ees_ga4_page=[
            page("/find-statistics/pay/2025/methodology", 4.0),
            page("/find-statistics/methodology-improvements", 3.0),
            page("/methodology/pay", 100.0),
        ],
    )

    assert [row["pageviews"] for row in rows if row["date"] == DAY] == [pageviews]


@pytest.mark.parametrize("pages", [[], [page("/find-statistics/pay")]])
def test_no_day_from_the_first_on(summary, pages):
    assert summary(ees_ga4_page=pages, first_day=DAY + dt.timedelta(days=1)) == []


def test_days_that_were_not_measured_are_left_out(summary):
    """Fault 9: production shows them as zeros. Events alone, or pages alone, are not the whole day."""
    days = [FIRST + dt.timedelta(days=number) for number in range(5)]
    download = {"pagePath": "/find-statistics/pay", "eventCategory": "Table Tool"}

    rows = summary(
        alone=False,
        ees_ua_page=[page("/", date=days[0])],
        ees_ga4_page=[page("/", date=days[2]), page("/find-statistics/pay", date=days[3])],
        ees_ua_events=[ua_event("a", date=days[0])],
        ees_ga4_events=[event("CSV Download Button Clicked", date=day, **download) for day in days[1:3]],
    )

    assert {row["date"] for row in rows} == {days[0], days[2]}
    assert {row["total_download_events"] for row in rows} == {0.0, 1.0}


def test_the_first_day_in_conf_and_zeros(summary):
    """A publication that nobody looked at yet has its rows."""
    days = [dt.date(2020, 4, day) for day in (2, 3, 5)]
    rows = summary(
        first_day=conf()["publication_summary"]["first_day"],
        ees_pub_scrape=publications({"new": "New one"}),
        ees_ga4_page=[page("/", date=day) for day in days],
    )

    zeros = (0.0,) * len(METRICS)
    assert of(rows, "date", "publication", *METRICS) == [(day, "New One", *zeros) for day in days[1:]]


def test_no_publications(summary):
    assert summary(ees_pub_scrape=[], ees_ga4_page=[page("/")]) == []


def test_days_after_the_last_of_universal_analytics_are_no_days(reporting):
    days = [dt.date(2020, 4, day) for day in (3, 4, 5)]
    rows = reporting(
        "ees_publication_summary",
        alone=True,
        rules={"universal_analytics": {"last_day": days[1]}},
        ees_pub_scrape=publications(TITLES),
        ees_ua_page=[page("/find-statistics/pay", date=day) for day in days],
        ees_ua_events=[ua_event("a", date=day) for day in days],
    )

    assert of([row for row in rows if row["pageviews"]], "date", "pageviews") == [
        (days[0], 2.0),
        (days[1], 2.0),
    ]
    assert max(row["date"] for row in rows) == days[1]
