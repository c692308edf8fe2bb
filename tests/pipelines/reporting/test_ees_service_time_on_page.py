from tests.reporting import DAY, event, of


def visit(path, seconds):
    return {
        "date": DAY,
        "pagePath": path,
        "pageviews": 2.0,
        "sessions": 1.0,
        "userEngagementDuration": seconds,
    }


def test_session_starts_stand_beside_the_page_type_they_began_on(reporting):
    rows = reporting(
        "ees_service_time_on_page",
        ees_ga4_time_on_page=[visit("/glossary", 10.0), visit("/glossary#b", 2.5), visit("/cookies", 1.0)],
        ees_ga4_events=[
            event("session_start", 3.0, pagePath="/glossary"),
            event("session_start", 4.0, pagePath="/glossary#c"),
            event("session_start", 9.0, pagePath="/"),
        ],
    )

    columns = ("page_type", "pageviews", "sessions", "engagementDuration", "total_session_starts")
    assert of(rows, *columns) == [("Cookies", 2.0, 1.0, 1.0, None), ("Glossary", 4.0, 2.0, 12.5, 7.0)]
