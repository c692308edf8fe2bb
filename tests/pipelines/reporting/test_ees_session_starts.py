import pytest

from ees_analytics.transforms.unclassified import TooMuchUnclassified
from tests.reporting import DAY, event, of


def start(path, count=1.0, **columns):
    return event("session_start", count, pagePath=path, **columns)


def test_one_row_a_page(reporting):
    rows = reporting(
        "ees_session_starts",
        ees_ga4_events=[
            start("/find-statistics/graduate-outcomes-leo", 2.0, eventLabel="a"),
            start("/find-statistics/graduate-outcomes-leo", 3.0, eventLabel="b"),
            start("/subscriptions/graduate-outcomes-leo."),
            start("/find-statistics/gone"),
            start("", 1.0),
            event("page_view", pagePath="/"),
            event("Session_start", pagePath="/"),
        ],
    )

    assert of(rows, "date", "pagePath", "page_type", "publication", "eventCount") == [
        (DAY, "", "Blank", None, 1.0),
        (DAY, "/find-statistics/gone", "Release page", None, 1.0),
        (DAY, "/find-statistics/graduate-outcomes-leo", "Release page", "Graduate Outcomes (Leo)", 5.0),
        (DAY, "/subscriptions/graduate-outcomes-leo.", "Subscriptions", "Graduate Outcomes (Leo)", 1.0),
    ]


def test_too_many_unclassified_paths_stop_it(reporting):
    with pytest.raises(TooMuchUnclassified, match=r"(?s)ees_session_starts.*list page_type_by_path"):
        reporting("ees_session_starts", ees_ga4_events=[start("nowhere")])
