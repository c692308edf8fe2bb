from tests.reporting import DAY, of

SLUG = "graduate-outcomes-leo"


def visit(path, seconds):
    return {
        "date": DAY,
        "pagePath": path,
        "pageviews": 2.0,
        "sessions": 1.0,
        "userEngagementDuration": seconds,
    }


def test_one_row_a_page_type_whatever_the_durations(reporting):
    """Production split it by each value of userEngagementDuration."""
    visits = [visit(f"/find-statistics/{SLUG}", seconds) for seconds in (5.0, 7.0, 7.0)]
    rows = reporting("ees_publication_time_on_page", ees_ga4_time_on_page=visits)

    columns = ("publication", "page_type", "pageviews", "sessions", "engagementDuration")
    assert of(rows, *columns) == [("Graduate Outcomes (Leo)", "Release page", 6.0, 3.0, 19.0)]


def test_listed_page_types_of_known_publications(reporting):
    paths = [
        f"/methodology/{SLUG}",
        f"/data-tables/{SLUG}",
        f"/find-statistics/{SLUG}/data-guidance",
        f"/find-statistics/{SLUG}/prerelease-access-list",
        f"/data-catalogue/{SLUG}",  # not a listed page type
        "/find-statistics/gone",  # not a known publication
        "unheard of",
    ]
    rows = reporting(
        "ees_publication_time_on_page", ees_ga4_time_on_page=[visit(path, 1.0) for path in paths]
    )

    assert [page_type for (page_type,) in of(rows, "page_type")] == [
        "Data guidance",
        "Methodology page",
        "Pre-release access",
        "Table tool",
    ]
